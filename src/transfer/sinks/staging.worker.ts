/** Writes one staged file through a synchronous access handle, which only workers have. */
import type { StagingAnswer, StagingQuestion } from './staging-protocol.js';

interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
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
      access.truncate(question.size);
      return undefined;
    case 'truncate':
      access!.truncate(question.size);
      return undefined;
    case 'write': {
      const { bytes, position } = question;
      for (let done = 0; done < bytes.length; ) {
        const count = access!.write(bytes.subarray(done), { at: position + done });
        // A full disk may show as nothing written instead of an exception.
        if (count <= 0) throw new DOMException('Nothing could be written.', 'QuotaExceededError');
        done += count;
      }
      return bytes.buffer;
    }
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
