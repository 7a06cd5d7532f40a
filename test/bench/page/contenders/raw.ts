import { type Contender, connections, inParallel, partSize, type Target } from './contender.js';

async function put(url: string, body: Blob): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', body });
  if (!answer.ok) throw new Error(`PUT answered ${answer.status}`);
  await answer.arrayBuffer();
}

/** The floor: `fetch` with nothing around it. No begin, no complete, no checks, no progress. */
export const raw: Contender = {
  name: 'raw parallel fetch',
  async large(file: File, { origins }: Target) {
    const parts = Array.from({ length: Math.ceil(file.size / partSize) }, (_, index) => index);
    await inParallel(parts, connections, index =>
      put(
        `${origins[0]}/raw/large?partNumber=${index + 1}&run=${Math.random()}`,
        file.slice(index * partSize, (index + 1) * partSize),
      ),
    );
  },
  async small(files, { origins }) {
    await inParallel(files, connections, file =>
      put(`${origins[0]}/raw/${file.name}?run=${Math.random()}`, file),
    );
  },
};
