import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ImportPlan } from '../adapter.js';
import type { DeepOriginClient } from './client.js';
import { etagOf } from './entries.js';
import { readApiError } from './errors.js';
import { stat } from './list.js';
import { encodePath, requireFilePath } from './paths.js';

/** Looks at a second's distance for what is stored already by then. */
const mostLooks = 60;

/** Requests for one file that end in silence, although the API answers others, before that counts as a refusal. */
const mostSilences = 3;

/**
 * The server fetches `source` into `path`. The one request is answered when everything is stored. Sending it again does
 * no harm, but makes the server fetch everything again, so after an answer that did not come the file is looked for
 * first. Silence while the API does not answer anything is an outage, and for the engine to wait out; silence of this
 * request alone is counted here, because nothing would ever end it.
 */
export function importPlan(client: DeepOriginClient, path: string, source: string): ImportPlan {
  requireSource(path, source);
  let body: unknown;
  let looks = 0;
  let silences = 0;
  /** What was at the path before anything was asked for. */
  let before: { readonly entry: Entry | undefined } | undefined;
  /** A request went out, and nobody knows what became of it. */
  let unanswered = false;
  const arrived = async (call: CallOptions): Promise<boolean> => {
    const entry = await stat(client, path, call, { direct: false });
    return entry !== undefined && !isSame(entry, before?.entry);
  };
  /** Resolves when the file is there all the same. @throws what to go on with, when it is not */
  const afterSilence = async (error: TransferError, call: CallOptions): Promise<void> => {
    const isThere = await arrived(call).catch((failed: unknown) => {
      // A refusal is an answer. Anything else is the outage that the silence was part of.
      if (failed instanceof TransferError && failed.status !== undefined) throw failed;
      return undefined;
    });
    if (isThere) return;
    if (isThere === false) silences += 1;
    if (silences < mostSilences) throw error;
    silences = 0;
    throw neverAnswered(path);
  };
  return {
    kind: 'import',
    readError: response => readApiError(response, path),
    async start(call) {
      looks = 0;
      before ??= { entry: await stat(client, path, call, { direct: false }) };
      if (unanswered && (await arrived(call))) return {};
      unanswered = true;
      try {
        body = await requestImport(client, path, source, call);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        unanswered = error.kind === 'retry';
        if (error.reason !== 'timeout') throw error;
        await afterSilence(error, call);
        return {};
      }
      unanswered = false;
      silences = 0;
      const etag = etagOf((body as { eTag?: unknown } | null)?.eTag);
      return etag === undefined ? {} : { etag };
    },
    async poll({ etag }, call) {
      const entry = await stat(client, path, call);
      if (!entry) {
        looks += 1;
        if (looks > mostLooks) throw neverShown(path);
        return { after: 1000 };
      }
      return {
        outcome: {
          path,
          ...(entry.size === undefined ? {} : { size: entry.size }),
          ...(typeof etag === 'string' ? { etag } : {}),
          ...(body === undefined ? {} : { body: withoutSource(body) }),
        },
      };
    },
  };
}

function requireSource(path: string, source: string): void {
  requireFilePath(path);
  encodePath(path);
  if (URL.canParse(source) && /^https?:$/.test(new URL(source).protocol)) return;
  throw new TransferError('Only addresses that begin with https:// or http:// can be imported.', {
    kind: 'fatal',
    reason: 'invalid-input',
    path,
  });
}

/** The one request. Resolves to what the API answers when everything is stored. */
export async function requestImport(
  client: DeepOriginClient,
  path: string,
  source: string,
  call: CallOptions,
): Promise<unknown> {
  const { importTimeout = 600_000 } = client.options;
  try {
    const request = { method: 'POST', url: client.url(path), json: { url: source } } as const;
    return await client.sendForJson(request, call, { path, timeout: importTimeout });
  } catch (error) {
    throw error instanceof TransferError && error.status === 502 ? sourceError(path, error) : error;
  }
}

const isSame = (one: Entry, other: Entry | undefined): boolean =>
  one.etag === other?.etag && one.size === other?.size && one.modified === other?.modified;

const neverAnswered = (path: string): TransferError =>
  new TransferError(
    `Deep Origin was asked ${mostSilences} times to fetch ${path}, and did not say whether it is done. The file may still come: reload the listing after a while, and try again if it is not there.`,
    { kind: 'fatal', reason: 'timeout', path },
  );

const neverShown = (path: string): TransferError =>
  new TransferError(
    `Deep Origin says that it has stored ${path}, but does not show it. Reload the listing; if it is not there, try again.`,
    { kind: 'fatal', reason: 'incomplete', path },
  );

/** The answer repeats the source's address, which may be a signed one. */
function withoutSource(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { sourceUrl: _, ...rest } = body as Record<string, unknown>;
  return rest;
}

function sourceError(path: string, { status, serverMessage }: TransferError): TransferError {
  return new TransferError(
    `Deep Origin could not fetch the address. Check that it is public and works; nothing was stored. (${status})`,
    {
      kind: 'fatal',
      reason: 'unreadable',
      path,
      ...(status === undefined ? {} : { status }),
      ...(serverMessage === undefined ? {} : { serverMessage }),
    },
  );
}
