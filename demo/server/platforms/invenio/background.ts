/** What a repository does by itself: fetching URLs, and the MD5 of files that came in parts. Each look brings it on. */
import { createHash } from 'node:crypto';
import type { Context } from './context.js';
import type { FileState } from './model.js';

export async function look(context: Context, file: FileState): Promise<void> {
  const { files, sources, clock } = context;
  const fetching = file.status === 'pending' && file.transfer.type === 'F';
  const hashing =
    file.status === 'completed' && !file.checksum?.startsWith('md5:') && file.transfer.type === 'L';
  if (!fetching && !hashing) return;
  if (file.polls > 0) {
    file.polls -= 1;
    context.save();
    return;
  }
  if (hashing) {
    const hash = createHash('md5');
    for await (const piece of files.read(file.object)) hash.update(piece);
    file.checksum = `md5:${hash.digest('hex')}`;
    context.save();
    return;
  }
  const found = sources.get(file.transfer.url ?? '') ?? { error: '404 Client Error: NOT FOUND for url' };
  file.updated = clock();
  if (typeof found === 'string' || found instanceof Uint8Array) {
    const info = await files.put(file.object, found);
    Object.assign(file, {
      status: 'completed',
      size: info.size,
      checksum: `md5:${info.etag}`,
      received: true,
    });
    file.transfer = { type: 'L' };
  } else {
    file.status = 'failed';
    file.transfer = { type: 'F', error: found.error };
  }
  context.save();
}
