import { TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';
import type {
  CallOptions,
  Delivery,
  FormPlan,
  TransferResponse,
  UploadIntent,
  UploadOutcome,
} from '../adapter.js';
import type { DeepLakeClient } from './client.js';
import { factsIn, sizeIn } from './entries.js';
import { badAnswer, mayHaveWorked, readApiError } from './errors.js';
import { readFile } from './list.js';
import { LostUpload } from './lost-upload.js';
import { deleteFile } from './remove.js';

/**
 * One form. Each makes a new file, so nothing is ever replaced, and a form whose answer was lost may have made one:
 * before another is sent, the newest files are looked through (see {@link LostUpload}).
 */
export function openUpload(client: DeepLakeClient, intent: UploadIntent): FormPlan {
  const { path, size } = intent;
  if (path === '' || path.endsWith('/')) throw nameError('A file needs a name.', path);
  if (!path.isWellFormed()) throw nameError('The name holds characters that cannot be sent.', path);
  const { maxFileSize = Number.POSITIVE_INFINITY, fileNames = 'name' } = client.options;
  if (size > maxFileSize) {
    throw new TransferError('The file is larger than Deep Lake takes here. Nothing was sent.', {
      kind: 'fatal',
      reason: 'too-large',
      path,
    });
  }
  const fileName = fileNames === 'path' ? path : nameOf(path);
  const lost = new LostUpload(client, { path, fileName, size, began: Date.now() });
  /** A form went out, and whether a file came of it is not known. */
  let uncertain = false;
  /** The file that this upload made. */
  let own: string | undefined;

  return {
    kind: 'form',
    async sign({ signal }): Promise<Delivery> {
      if (uncertain) {
        const found = await lost.look({ signal });
        if (found) return found;
      }
      const headers = await client.headers({ signal });
      uncertain = true;
      return {
        method: 'POST',
        url: client.url('files'),
        headers: { accept: 'application/json', ...headers },
        fields: [],
        fileField: 'file',
        fileName,
      };
    },
    readError(response) {
      const error = readApiError(response, path);
      if (error && !mayHaveWorked(error)) uncertain = false;
      return error;
    },
    async finish(response, call) {
      const facts = factsIn(parse(response));
      if (!facts) throw badAnswer('an upload was answered without the id of the file', path);
      own = facts.id as string;
      client.made.add(own);
      uncertain = false;
      const outcome = await outcomeOf(client, intent, { ...facts, id: own }, call);
      if (outcome.size === undefined || outcome.size === size) return outcome;
      const damaged = own;
      own = undefined;
      await deleteFile(client, damaged, call, path, { goneIsFine: true });
      throw new TransferError(
        `Deep Lake kept ${outcome.size} of ${size} bytes of ${path}. That copy was deleted, and has to be sent anew.`,
        { kind: 'restart', reason: 'incomplete', path },
      );
    },
    async discard(call) {
      if (own !== undefined) await deleteFile(client, own, call, path, { goneIsFine: true });
    },
  };
}

/** Only the id is sure to be in the answer: what else matters is asked for. */
async function outcomeOf(
  client: DeepLakeClient,
  { path }: UploadIntent,
  answered: Readonly<Record<string, unknown>> & { readonly id: string },
  call: CallOptions,
): Promise<UploadOutcome> {
  const { id } = answered;
  const facts = sizeIn(answered) === undefined ? await readFile(client, id, call, { path }) : answered;
  if (!facts) {
    throw new TransferError(`Deep Lake said that it took ${path}, but does not have it. Upload it again.`, {
      kind: 'fatal',
      reason: 'incomplete',
      path,
    });
  }
  const size = sizeIn(facts);
  // The platform keeps no checksums: an empty list spares the engine another question.
  return { path, id, checksums: [], body: facts, ...(size === undefined ? {} : { size }) };
}

function parse({ body }: TransferResponse): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function nameError(message: string, path: string): TransferError {
  return new TransferError(message, { kind: 'fatal', reason: 'invalid-name', path });
}
