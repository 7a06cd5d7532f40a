/**
 * `file-transfer-elements/adapters/smarts-bio`: the files of a workspace at smarts.bio.
 * https://docs.smarts.bio
 */
import type { Adapter, CallOptions } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import { SmartsBioClient } from './client.js';
import { downloadLink, resolveDownload } from './download.js';
import { keyOf, list, stat } from './list.js';
import { writeMetadata } from './metadata.js';
import { LARGEST_FILE, type SmartsBioOptions } from './options.js';
import { createFolder, move } from './relocate.js';
import { remove } from './remove.js';
import { openUpload } from './upload.js';
import { workspaces } from './workspaces.js';

export type { SmartsBioOptions } from './options.js';

/** What smarts.bio has beyond the contract. */
export interface SmartsBioAdapter extends Adapter {
  /** The storage key of a path: what queries of the platform take as a file. @throws TransferError */
  keyOf(path: string, options: CallOptions): Promise<string>;
}

/**
 * An adapter for the files of one workspace. With `manage: false` it has neither `move`, `createFolder` nor
 * `writeMetadata`.
 * @throws TypeError when an option cannot be right.
 */
export function smartsBio(options: SmartsBioOptions): SmartsBioAdapter {
  const client = new SmartsBioClient(options);
  const { manage = true, downloads = 'signed', workspaceId } = options;
  return {
    name: 'smarts-bio',
    label: options.label ?? workspaceId ?? 'smarts.bio',
    capabilities: {
      folders: 'native',
      recursiveList: true,
      overwrite: 'replace',
      conditionalCreate: false,
      uploadPlans: ['request', 'form'],
      maxFileSize: LARGEST_FILE,
      ranges: downloads === 'signed' ? 'yes' : 'probe',
      checksums: [],
      uploadMetadata: true,
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
    /** The platform's links work for about an hour: `seconds` is only a wish, `expiresAt` says what came of it. */
    async signedLink(path, { signal }) {
      return downloadLink(client, path, await keyOf(client, path, { signal }), { signal });
    },
    ...(manage
      ? ({
          move: (from, to, call) => move(client, from, to, call),
          createFolder: (path, call) => createFolder(client, path, call),
          writeMetadata: (path, metadata, call) => writeMetadata(client, path, metadata, call),
        } satisfies Partial<Adapter>)
      : {}),
    containers: workspaces(client, id => {
      const { label: _, ...others } = options;
      return smartsBio({ ...others, workspaceId: id });
    }),
    keyOf: (path, call) => keyOf(client, path, call),
  };
}

function requireRunning({ signal }: CallOptions): void {
  if (signal.aborted) throw abortedError();
}
