import type { Adapter, Entry } from 'file-transfer-elements';

const pageSize = 50_000;
const firstDay = Date.UTC(2024, 0, 1);

/** An adapter that can only list: one folder of `count` made-up files. Also shows how small an adapter may be. */
export function endlessFolder(count: number): Adapter {
  const entry = (index: number): Entry => {
    const name = `sample-${String(index + 1).padStart(7, '0')}.tif`;
    return {
      id: name,
      path: name,
      name,
      kind: 'file',
      size: 1_000 + ((index * 7919) % 5_000_000),
      modified: firstDay + index * 60_000,
      type: 'image/tiff',
    };
  };
  return {
    name: 'endless',
    label: `${count.toLocaleString()} files`,
    capabilities: {
      folders: 'none',
      recursiveList: true,
      overwrite: 'replace',
      conditionalCreate: false,
      uploadPlans: [],
      ranges: 'no',
      checksums: [],
      uploadMetadata: false,
    },
    async list(_path, { token, signal }) {
      signal.throwIfAborted();
      const start = Number(token ?? 0);
      const end = Math.min(start + pageSize, count);
      const entries = Array.from({ length: end - start }, (_, offset) => entry(start + offset));
      return { entries, ...(end < count ? { next: String(end) } : {}), total: count };
    },
  };
}
