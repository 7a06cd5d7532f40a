/** Writes one staged file through a synchronous access handle, which only workers have. */
import type { StagingAnswer, StagingQuestion } from './staging-protocol.js';
import { resize, type SyncAccessHandle, writeAll } from './sync-access.js';

type SyncFileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccessHandle> };

interface WorkerScope {
  postMessage(message: StagingAnswer, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<StagingQuestion>) => void): void;
}
const scope = self as unknown as WorkerScope;

let access: SyncAccessHandle | undefined;

async function answer(question: StagingQuestion): Promise<ArrayBuffer | undefined> {
  switch (question.kind) {
    case 'open':
      access = await (question.handle as SyncFileHandle).createSyncAccessHandle();
      resize(access, question.size);
      return undefined;
    case 'truncate':
      resize(access!, question.size);
      return undefined;
    case 'write':
      writeAll(access!, question.bytes, question.position);
      return question.bytes.buffer;
    case 'flush':
      access?.flush();
      return undefined;
    case 'close':
      access?.flush();
      access?.close();
      access = undefined;
      return undefined;
  }
}

scope.addEventListener('message', async ({ data: question }) => {
  const { id } = question;
  try {
    const buffer = await answer(question);
    if (buffer === undefined) scope.postMessage({ id });
    else scope.postMessage({ id, buffer }, [buffer]);
  } catch (error) {
    const { name, message } = error as Error;
    scope.postMessage({ id, name, message });
  }
});
