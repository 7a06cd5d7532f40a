import type { Adapter } from '../../src/adapters/adapter.js';
import type { Entry } from '../../src/core/entry.js';
import { nameOf } from '../../src/core/path.js';
import type { ContractOptions } from './describe-adapter.js';

/** What is the same in every run. */
export const deepLakeContract: Pick<
  ContractOptions,
  'functions' | 'reportsChecksums' | 'metadata' | 'containers'
> = {
  functions: ['list', 'stat', 'openUpload', 'resolveDownload', 'remove', 'health'],
  containers: {
    word: 'workspace',
    functions: ['list', 'open', 'create', 'update', 'remove'],
    create: { name: 'second' },
    update: { input: { name: 'renamed' }, read: ({ name }) => name, expected: 'renamed' },
  },
  reportsChecksums: false,
  metadata: { none: 'Deep Lake keeps no metadata of a file but its name and type.' },
};

/**
 * The adapter as a page sees it that keeps its own paths beside the UUIDs: the platform knows no paths, and the suite
 * speaks of nothing else. What goes to the adapter below is ids and its own paths; what comes back is checked to be
 * the file that was stored under the path.
 */
export function withPaths(adapter: Adapter): { adapter: Adapter; idOf(path: string): string | undefined } {
  const ids = new Map<string, string>();
  const paths = new Map<string, string>();
  const own = (path: string) => ids.get(path) ?? path;
  function translated(entry: Entry): Entry {
    const path = paths.get(entry.id);
    if (path === undefined) return entry;
    if (entry.name !== nameOf(path) || entry.path !== `${entry.id}/${nameOf(path)}`) {
      throw new Error(`${path} came back as ${entry.path}, named ${entry.name}`);
    }
    return { ...entry, path };
  }
  return {
    idOf: path => ids.get(path),
    adapter: {
      ...adapter,
      async list(path, call) {
        // The storage's one listing, of what lies at a path.
        const page = await adapter.list(path.endsWith('/') ? '' : path, call);
        const below = page.entries.map(translated).filter(entry => entry.path.startsWith(path));
        return { ...page, entries: below };
      },
      async stat(path, call) {
        const entry = await adapter.stat!(own(path), call);
        return entry && translated(entry);
      },
      async openUpload(intent, call) {
        const plan = await adapter.openUpload!(intent, call);
        if (plan.kind !== 'form') throw new Error(`a ${plan.kind} plan`);
        return {
          ...plan,
          async finish(response, context) {
            const outcome = await plan.finish(response, context);
            if (outcome.id === undefined) throw new Error('an upload without an id');
            ids.set(outcome.path, outcome.id);
            paths.set(outcome.id, outcome.path);
            return outcome;
          },
        };
      },
      resolveDownload: ({ path }, call) => adapter.resolveDownload!({ path: own(path), id: own(path) }, call),
      async remove(wanted, call) {
        const results = await adapter.remove!(wanted.map(own), call);
        return results.map((result, index) => ({ ...result, path: wanted[index]! }));
      },
    },
  };
}
