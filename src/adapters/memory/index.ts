/**
 * `file-transfer-elements/adapters/memory`: a storage in the page's memory, for tests and demos, and the reference for
 * the adapter contract: it has every function, and each does exactly what the contract says.
 */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import type { Adapter, ItemResult, UploadIntent, UploadPlan } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import { pause } from '../retry.js';
import { createLister } from './listing.js';
import type { MemoryCall, MemoryOptions } from './options.js';
import { partsPlan, requestPlan, type Step } from './plans.js';
import { folderEntry, MemoryStore, problem } from './store.js';

export type { MemoryCall, MemoryFile, MemoryOptions } from './options.js';

const CHECKSUMS: readonly ChecksumAlgorithm[] = ['crc64nvme', 'crc32c', 'crc32', 'sha256', 'sha1', 'md5'];
const MiB = 1024 ** 2;

export function memory(options: MemoryOptions = {}): Adapter {
  const store = new MemoryStore(options);
  const { native } = store;
  const { minPartSize = 5 * MiB, partsFrom = 16 * MiB, pageSize = 1000 } = options;
  const step = createStep(options);
  const lister = createLister(store, pageSize);

  function planContext(intent: UploadIntent) {
    const { path, checksum: wish } = intent;
    if (path === '' || path.endsWith('/')) throw problem('invalid-name', 'A file needs a name.', path);
    const checksum = wish === 'none' ? undefined : wish === 'auto' ? 'crc64nvme' : wish;
    return { store, step, intent, checksum, minPartSize };
  }

  /** The pairs of old and new path that a copy or move consists of. */
  function pairs(from: string, to: string, replace: boolean): readonly [from: string, to: string][] {
    const isFolder = from.endsWith('/');
    if (isFolder !== to.endsWith('/') || to === '') throw problem('invalid-name', 'A file needs a name.', to);
    if (from === to || (isFolder && to.startsWith(from))) {
      throw problem('invalid-input', 'A copy needs another name, outside of itself.', to);
    }
    if (!(isFolder ? store.hasFolder(from) : store.hasFile(from))) {
      throw problem('not-found', 'The file is no longer there. Reload the listing.', from);
    }
    if (!replace && (isFolder ? store.hasMarker(to) : store.hasFile(to))) {
      throw problem('exists', 'There is already something of this name. It was left as it is.', to);
    }
    // Derived folders do not move as one: their marker is an object like any other.
    const below = isFolder && native ? store.below(from) : [];
    return [from, ...below].map(path => [path, to + path.slice(from.length)]);
  }

  function copyAll(all: readonly [from: string, to: string][]): void {
    for (const [from, to] of all) {
      if (from.endsWith('/')) store.addFolder(to);
      else {
        // The bytes keep their validator, and get a date of their own.
        const { blob, modified: _modified, created: _created, ...about } = store.get(from);
        store.put(to, blob, about);
      }
    }
  }

  function entryAt(path: string): Entry {
    return path.endsWith('/') ? folderEntry(path) : store.fileEntry(path);
  }

  function removeOne(path: string): void {
    if (!path.endsWith('/')) store.deleteFile(path);
    else {
      store.deleteFolder(path);
      for (const inner of native ? store.below(path) : []) removeOne(inner);
    }
  }

  return {
    name: 'memory',
    label: options.label ?? 'Memory',
    identity: null,
    capabilities: {
      folders: native ? 'native' : 'derived',
      recursiveList: true,
      overwrite: 'replace',
      conditionalCreate: true,
      uploadPlans: ['request', 'parts'],
      ranges: 'yes',
      checksums: CHECKSUMS,
      uploadMetadata: true,
      maxLinkSeconds: 604_800,
    },

    async list(path, call) {
      await step('list', path, call.signal);
      return lister(path, call);
    },

    async stat(path, { signal }) {
      await step('stat', path, signal);
      if (path === '' || path.endsWith('/')) return store.hasFolder(path) ? folderEntry(path) : undefined;
      return store.hasFile(path) ? store.fileEntry(path) : undefined;
    },

    async openUpload(intent, { signal }): Promise<UploadPlan> {
      await step('openUpload', intent.path, signal);
      const inParts = intent.size > 0 && intent.size >= (intent.partsFrom ?? partsFrom);
      return inParts ? partsPlan(planContext(intent)) : requestPlan(planContext(intent));
    },

    async reopenUpload(intent, state, { signal }) {
      await step('reopenUpload', intent.path, signal);
      return partsPlan(planContext(intent), state);
    },

    async resolveDownload({ path }, { signal }) {
      await step('resolveDownload', path, signal);
      const { blob, etag, checksums, type } = store.get(path);
      return { kind: 'blob', blob: blob.slice(0, blob.size, type), etag, checksums };
    },

    async remove(paths, { signal }) {
      const results: ItemResult[] = [];
      for (const path of paths) {
        try {
          await step('remove', path, signal);
          removeOne(path);
          results.push({ path });
        } catch (error) {
          if (signal.aborted) throw error;
          results.push({ path, error: error as NonNullable<ItemResult['error']> });
        }
      }
      return results;
    },

    async move(from, to, { signal, replace = false }) {
      await step('move', from, signal);
      const all = pairs(from, to, replace);
      copyAll(all);
      for (const [old] of all) removeOne(old);
      return entryAt(to);
    },

    async copy(from, to, { signal, replace = false }) {
      await step('copy', from, signal);
      copyAll(pairs(from, to, replace));
      return entryAt(to);
    },

    async createFolder(path, { signal }) {
      await step('createFolder', path, signal);
      const folder = path.endsWith('/') ? path : `${path}/`;
      if (folder === '/') throw problem('invalid-name', 'A folder needs a name.', path);
      store.addFolder(folder);
      return folderEntry(folder);
    },

    async readMetadata(path, { signal }) {
      await step('readMetadata', path, signal);
      const { metadata, type } = store.get(path);
      return {
        headers: { 'content-type': type, ...metadata.headers },
        custom: metadata.custom ?? {},
        tags: metadata.tags ?? {},
      };
    },

    async writeMetadata(path, metadata, { signal }) {
      await step('writeMetadata', path, signal);
      const { blob, created: _created, modified: _modified, ...file } = store.get(path);
      const merged = Object.entries({ ...file.metadata.headers, ...metadata.headers });
      // An empty value takes a header away.
      const headers = Object.fromEntries(merged.filter(([, value]) => value !== ''));
      const type = headers['content-type'] ?? file.type;
      store.put(path, blob, { ...file, type, metadata: { ...file.metadata, ...metadata, headers } });
    },

    async signedLink(path, { signal, seconds }) {
      await step('signedLink', path, signal);
      const url = URL.createObjectURL(store.get(path).blob);
      setTimeout(() => URL.revokeObjectURL(url), Math.min(seconds * 1000, 2 ** 31 - 1));
      return { url, expiresAt: store.now() + seconds * 1000 };
    },

    async listUnfinishedUploads(prefix, { signal }) {
      await step('listUnfinishedUploads', prefix, signal);
      return Array.from(store.uploads, ([uploadId, { path, started }]) => ({
        path,
        started,
        state: { uploadId },
      })).filter(({ path }) => path.startsWith(prefix));
    },

    async abortUnfinishedUpload({ path, state }, { signal }) {
      await step('abortUnfinishedUpload', path, signal);
      store.uploads.delete(String(state.uploadId));
    },

    async health({ signal }) {
      await step('health', '', signal);
      return {};
    },
  } satisfies Adapter;
}

/** Abort, latency and failures, the same before every call. */
function createStep({ latency = 0, failures }: MemoryOptions): Step {
  const counts = new Map<string, number>();
  return async (operation, path, signal, part) => {
    if (signal.aborted) throw abortedError();
    const id = `${operation} ${part ?? ''} ${path}`;
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    const call: MemoryCall = { operation, path, count, ...(part === undefined ? {} : { part }) };
    const delay = typeof latency === 'function' ? latency(call) : latency;
    if (delay > 0) await pause(delay, signal);
    // Who stops a call right after it began must not find that it happened.
    else await Promise.resolve();
    if (signal.aborted) throw abortedError();
    const failure = failures?.(call);
    if (failure) throw failure;
  };
}
