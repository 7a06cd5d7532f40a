/**
 * `file-transfer-elements/adapters/deep-origin`: the files of an organisation at Deep Origin.
 * https://docs.deeporigin.io
 */
import type { Adapter, CallOptions } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import { DeepOriginClient } from './client.js';
import { copy, move } from './copy-move.js';
import { archive, resolveDownload } from './download.js';
import { createFolder } from './folders.js';
import { readHealth, readVersion } from './health.js';
import { importPlan } from './import.js';
import { type SignedUrl, signedUrl } from './links.js';
import { type ListWishes, list, stat } from './list.js';
import { type DeepOriginOptions, LARGEST_FILE } from './options.js';
import { encodePath, requireFilePath } from './paths.js';
import { deletePath, remove } from './remove.js';
import { openUpload } from './upload.js';

export type { SignedUrl } from './links.js';
export type { ListWishes } from './list.js';
export type { DeepOriginOptions } from './options.js';

/** What Deep Origin has beyond the contract. */
export interface DeepOriginAdapter extends Adapter {
  /** The paths of everything below a folder (or of one level), page by page until the end. */
  keys(folder: string, wishes: Omit<ListWishes, 'token'>): AsyncGenerator<string, void>;
  /** A URL of the storage that takes one PUT of `application/octet-stream` without credentials. */
  signedUploadLink(path: string, options: CallOptions): Promise<SignedUrl>;
  /**
   * Deletes a folder with everything below it in one request. Resolves to whether anything was deleted: the service
   * answers with success either way.
   */
  removeTree(folder: string, options: CallOptions): Promise<boolean>;
  /** The service's own report about its health, also when it is bad. */
  serviceHealth(options: CallOptions): Promise<Readonly<Record<string, unknown>>>;
  /** The service's own report about its version. */
  serviceVersion(options: CallOptions): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * An adapter for the files of one organisation.
 * @throws TypeError when an option cannot be right.
 */
export function deepOrigin(options: DeepOriginOptions): DeepOriginAdapter {
  const client = new DeepOriginClient(options);
  const { uploads = 'auto' } = options;
  return {
    name: 'deep-origin',
    label: options.label ?? options.orgKey,
    capabilities: {
      folders: 'derived',
      recursiveList: true,
      overwrite: 'replace',
      conditionalCreate: false,
      uploadPlans: uploads === 'auto' ? ['request', 'form'] : [uploads === 'form' ? 'form' : 'request'],
      maxFileSize: LARGEST_FILE,
      ranges: options.downloads === 'direct' ? 'probe' : 'yes',
      checksums: [],
      uploadMetadata: false,
    },
    list: (path, call) => list(client, path, call),
    stat: (path, call) => stat(client, path, call),
    openUpload: async (intent, call) => {
      requireRunning(call);
      return openUpload(client, intent);
    },
    resolveDownload: async (entry, call) => {
      requireRunning(call);
      return resolveDownload(client, entry, call);
    },
    remove: (paths, call) => remove(client, paths, call),
    copy: (from, to, call) => copy(client, from, to, call),
    move: (from, to, call) => move(client, from, to, call),
    createFolder: (path, call) => createFolder(client, path, call),
    /** The service chooses how long its links work: `seconds` is only a wish, `expiresAt` says what came of it. */
    async signedLink(path, { signal }) {
      requireFilePath(path);
      return signedUrl(client, path, { signal, upload: false, direct: true });
    },
    importFromUrl: async (path, url, call) => {
      requireRunning(call);
      return importPlan(client, path, url);
    },
    archive: async (path, call) => {
      requireRunning(call);
      return archive(client, path, call);
    },
    async health(call) {
      await readHealth(client, call);
      const { version } = await readVersion(client, call);
      return typeof version === 'string' ? { version } : {};
    },

    async *keys(folder, wishes) {
      for (let token: string | undefined; ; ) {
        const page = await list(client, folder, { ...wishes, ...(token === undefined ? {} : { token }) });
        for (const { path } of page.entries) yield path;
        if (page.next === undefined || page.next === token) return;
        token = page.next;
      }
    },
    async signedUploadLink(path, { signal }) {
      requireFilePath(path);
      return signedUrl(client, path, { signal, upload: true, direct: true });
    },
    async removeTree(folder, call) {
      encodePath(folder);
      return deletePath(client, folder.endsWith('/') ? folder : `${folder}/`, call);
    },
    serviceHealth: call => readHealth(client, call, { alsoBad: true }),
    serviceVersion: call => readVersion(client, call),
  };
}

function requireRunning({ signal }: CallOptions): void {
  if (signal.aborted) throw abortedError();
}
