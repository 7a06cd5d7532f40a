/** The one plan: the bytes stay in this browser, so a file goes to disk in one piece and comes to its place whole. */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { LocalDelivery, RequestPlan, UploadIntent, UploadOutcome } from '../adapter.js';
import { createDigest, type Digest } from '../digest.js';
import { abortedError } from '../http-errors.js';
import { inTurn, moveFile, taken, type Unfinished, writeInPlace } from './placing.js';
import { problem, withProblems } from './problems.js';
import type { Tree } from './tree.js';

const PIECE = 1024 * 1024;

interface Context {
  readonly tree: Tree;
  readonly unfinished: Unfinished;
  /** Tells this storage from others, for locks. */
  readonly lockName: string;
}

export function requestPlan({ tree, unfinished, lockName }: Context, intent: UploadIntent): RequestPlan {
  const { path } = intent;
  const wish = intent.checksum;
  const algorithm: ChecksumAlgorithm | undefined =
    wish === 'none' ? undefined : wish === 'auto' ? 'crc64nvme' : wish;
  let outcome: UploadOutcome | undefined;

  /** Writes the bytes aside, and says what it has read back of them. */
  async function take(
    handle: FileSystemFileHandle,
    body: Blob,
    { signal, onSent }: Parameters<LocalDelivery['deliver']>[1],
  ): Promise<{ file: File; checksums: readonly Checksum[] }> {
    const writable = await handle.createWritable();
    try {
      for (let start = 0; start < body.size; start += PIECE) {
        if (signal.aborted) throw abortedError();
        await writable.write(await body.slice(start, start + PIECE).arrayBuffer());
        onSent(Math.min(start + PIECE, body.size));
      }
      if (signal.aborted) throw abortedError();
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => {});
      throw error;
    }
    const file = await handle.getFile();
    if (file.size !== body.size) throw damaged(path);
    return { file, checksums: algorithm === undefined ? [] : await readBack(file, algorithm, signal) };
  }

  return {
    kind: 'request',
    ...(algorithm === undefined ? {} : { requestChecksum: algorithm }),
    async sign({ checksum: expected }): Promise<LocalDelivery> {
      return {
        deliver: (body, hooks) =>
          withProblems(path, async () => {
            const { name, handle } = await unfinished.create();
            let isMoved = false;
            try {
              const { file, checksums } = await take(handle, body, hooks);
              const [found] = checksums;
              if (expected && found && expected.value !== found.value) throw damaged(path);
              await inTurn(`${lockName}${path}`, hooks.signal, async () => {
                if (intent.createOnly && (await tree.file(path))) throw taken(path);
                isMoved = await moveFile(tree, handle, path);
                if (!isMoved) await writeInPlace(tree, path, file, hooks.signal);
              });
              outcome = { path, size: body.size, ...(found ? { checksums } : {}) };
              return { status: 200, headers: {}, body: '' };
            } finally {
              await unfinished.end(name, isMoved);
            }
          }),
      };
    },
    readError: () => undefined,
    async finish() {
      if (!outcome) throw problem('incomplete', 'The bytes did not reach the storage.', path);
      return outcome;
    },
  };
}

const damaged = (path: string) =>
  new TransferError('The bytes that arrived are not the file’s. Nothing was stored.', {
    kind: 'retry',
    reason: 'checksum-mismatch',
    path,
  });

/** None where the page's policy forbids WebAssembly: then the size is all that is compared. */
async function readBack(
  file: File,
  algorithm: ChecksumAlgorithm,
  signal: AbortSignal,
): Promise<readonly Checksum[]> {
  let digest: Digest;
  try {
    digest = await createDigest(algorithm);
  } catch {
    return [];
  }
  for (let start = 0; start < file.size; start += PIECE) {
    if (signal.aborted) throw abortedError();
    digest.update(new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer()));
  }
  return [digest.finish()];
}
