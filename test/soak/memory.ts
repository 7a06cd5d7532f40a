import { readdir, readFile } from 'node:fs/promises';

/** Bytes of memory that the processes of a browser's profile hold together, and their children. Linux only, else 0. */
export async function residentBytes(profile: string): Promise<number> {
  const parents = new Map<number, number>();
  const own = new Set<number>();
  const entries = await readdir('/proc').catch(() => []);
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    const id = Number(entry);
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    if (id !== process.pid && command.includes(profile)) own.add(id);
    const status = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
    parents.set(id, Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]));
  }
  for (let grew = true; grew; ) {
    grew = false;
    for (const [id, parent] of parents) {
      if (!own.has(parent) || own.has(id)) continue;
      own.add(id);
      grew = true;
    }
  }
  let sum = 0;
  for (const id of own) {
    const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
    sum += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  }
  return sum;
}
