import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const heldHere = new Set<string>();

/**
 * Keeps a second store from the same folder: it would take running uploads for leftovers and delete them.
 *
 * @returns gives the folder free
 * @throws Error when a running process has it
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  const busy = () =>
    new Error(`Another running store uses the folder ${directory}. Choose another folder, or end it.`);
  if (heldHere.has(path)) throw busy();
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 1) throw error;
      if (isRunning(Number(readFileSync(path, 'utf8')))) throw busy();
      rmSync(path, { force: true });
    }
  }
  heldHere.add(path);
  return () => {
    heldHere.delete(path);
    rmSync(path, { force: true });
  };
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
