/** The folder of staged files in the browser's own storage: who uses which, what is left over, what still fits. */
import { hasLeft } from './room.js';
import { forget, lastWritten, stagedFor } from './staged-journal.js';

const folderName = 'file-transfer-elements.staged';
/** A staged file that nobody has touched for so many milliseconds is left over: its download has long been saved. */
const orphanAge = 60 * 60 * 1000;
/** One that can be gone on with is kept longer. */
const unfinishedAge = 7 * 24 * 60 * 60 * 1000;

const lockName = (id: string): string => `${folderName}:${id}`;

export async function stagingFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(folderName, { create: true });
}

/**
 * Says that this page uses a staged file, until the function it resolves to is called, or the page ends. Resolves to
 * undefined when another tab, or another transfer of this one, uses it.
 */
export async function own(id: string): Promise<(() => void) | undefined> {
  if (navigator.locks === undefined) return () => {};
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lockName(id), { ifAvailable: true }, lock => {
        resolve(lock === null ? undefined : release);
        return lock === null ? undefined : released;
      })
      .catch(reject);
  });
}

/** Removes a staged file and what is remembered of it. */
export async function removeStaged(id: string): Promise<void> {
  await forget(id).catch(() => {});
  try {
    await (await stagingFolder()).removeEntry(id);
  } finally {
    hasLeft(id);
  }
}

/** Removes what is staged for a download on record and in nobody's use. */
export async function removeStagedFor(download: string): Promise<void> {
  for (const { id } of await stagedFor(new Set([download])).catch(() => [])) {
    const release = await own(id);
    if (release === undefined) continue;
    await removeStaged(id).catch(() => {});
    release();
  }
}

/**
 * Removes staged files that no page uses and that are older than `age` milliseconds; unfinished ones that can be gone
 * on with after a week. Resolves to how many.
 */
export async function sweepStaged(age = orphanAge): Promise<number> {
  const folder = (await stagingFolder()) as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
  const unfinished = await lastWritten().catch(() => new Map<string, number>());
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  let removed = 0;
  for (const name of names) {
    const remove = async (): Promise<void> => {
      const file = await (await folder.getFileHandle(name)).getFile();
      const written = unfinished.get(name);
      const old =
        written === undefined
          ? Date.now() - file.lastModified >= age
          : Date.now() - written >= Math.max(age, unfinishedAge);
      if (!old) return;
      await removeStaged(name);
      removed += 1;
    };
    try {
      const release = await own(name);
      try {
        if (release) await remove();
      } finally {
        release?.();
      }
    } catch {
      // Another tab was faster, or the file is being read: there will be a next time.
    }
  }
  // What is remembered of files that are gone, because the browser or the person has removed them.
  for (const id of unfinished.keys()) if (!names.includes(id)) await forget(id).catch(() => {});
  return removed;
}

/** Lasting storage is at most so many times what is given without asking. */
const lastingFactor = 10;
/** Milliseconds to wait for a person's answer about lasting storage; a download must not hang on it. */
const answerTime = 15_000;

/** Firefox asks the person; others decide by themselves. */
async function askForLastingStorage(): Promise<boolean> {
  const answer = navigator.storage.persist?.() ?? Promise.resolve(false);
  return Promise.race([answer, new Promise<boolean>(resolve => setTimeout(resolve, answerTime, false))]);
}

/**
 * Whether `size` bytes can be staged, as far as anybody can tell beforehand: the browser's estimate is a hint, the
 * error while writing is the truth. Asks for lasting storage when that may help.
 */
export async function canStage(size: number): Promise<boolean> {
  const needed = size * 1.05;
  try {
    await stagingFolder();
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    if (quota - usage > needed) return true;
    if (quota * lastingFactor < needed) return false;
    const fits = async (): Promise<boolean> => {
      const estimate = await navigator.storage.estimate();
      return (estimate.quota ?? 0) - (estimate.usage ?? 0) > needed;
    };
    if ((await sweepStaged()) > 0 && (await fits())) return true;
    return (await askForLastingStorage()) && (await fits());
  } catch {
    return false;
  }
}
