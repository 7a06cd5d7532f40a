/** Reads and hashes blobs beside the page. See `worker-pool.ts` for the other end. */
import { hashSource } from './hash-source.js';
import type { Answer, Question } from './protocol.js';

interface WorkerScope {
  postMessage(message: Answer): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Question>) => void): void;
}
const scope = self as unknown as WorkerScope;

const sliceSize = 2 * 1024 * 1024;
const cancelled = new Set<number>();
const running = new Set<number>();

class Cancelled extends Error {}

async function run(question: Extract<Question, { kind: 'hash' }>): Promise<void> {
  const { id, source, algorithms } = question;
  running.add(id);
  try {
    const digests = await hashSource(source, algorithms, {
      sliceSize,
      onBytes(bytes) {
        if (cancelled.has(id)) throw new Cancelled();
        scope.postMessage({ kind: 'bytes', id, bytes });
      },
    });
    scope.postMessage({ kind: 'digests', id, digests });
  } catch (error) {
    if (!(error instanceof Cancelled)) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      scope.postMessage({ kind: 'error', id, name, message });
    }
  } finally {
    running.delete(id);
    cancelled.delete(id);
  }
}

scope.addEventListener('message', ({ data }) => {
  if (data.kind === 'hash') void run(data);
  else if (running.has(data.id)) cancelled.add(data.id);
});
