import { readdir, readFile } from 'node:fs/promises';

export interface Resident {
  /** Bytes of all processes of the browser. */
  readonly all: number;
  /** Bytes of the processes that run pages, as far as they can be told by their command line. */
  readonly pages: number;
}

/** Memory that the processes of a browser's profile hold together, and their children. Linux only, else 0. */
export async function resident(profile: string): Promise<Resident> {
  const commands = new Map<number, string>();
  const parents = new Map<number, number>();
  const own = new Set<number>();
  const entries = await readdir('/proc').catch(() => []);
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    const id = Number(entry);
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    commands.set(id, command);
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
  let all = 0;
  let pages = 0;
  for (const id of own) {
    const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
    const bytes = Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
    all += bytes;
    // `--type=renderer` in Chromium; Firefox puts `tab` at the end.
    if (/--type=renderer|[ \0]tab\0?$/.test(commands.get(id) ?? '')) pages += bytes;
  }
  return { all, pages };
}
