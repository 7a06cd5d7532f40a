/**
 * `file-transfer-elements/adapters/smarts-bio`: the files of a workspace at smarts.bio.
 * https://docs.smarts.bio
 */
import type { Adapter, CallOptions, UploadOutcome } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import { SmartsBioClient } from './client.js';
import { downloadLink, resolveDownload } from './download.js';
import { keyOf, list, stat } from './list.js';
import { writeMetadata } from './metadata.js';
import { LARGEST_FILE, type SmartsBioOptions } from './options.js';
import { requireFilePath } from './paths.js';
import { createFolder, move } from './relocate.js';
import { remove } from './remove.js';
import { openUpload } from './upload.js';
import { type AnnouncedFile, confirmUpload, type SignedUpload, signUpload } from './upload-link.js';
import { workspaces } from './workspaces.js';

export type { SmartsBioOptions } from './options.js';
export type { AnnouncedFile, SignedUpload } from './upload-link.js';

/** What smarts.bio has beyond the contract. */
export interface SmartsBioAdapter extends Adapter {
  /** The storage key of a path: what queries of the platform take as a file. @throws TransferError */
  keyOf(path: string, options: CallOptions): Promise<string>;
  /**
   * A URL of the storage that takes one PUT of a file without the key: for handing an upload to somebody. The file is in
   * the workspace once {@link confirmUpload} has told the platform that it is there.
   * @throws TransferError
   */
  signedUploadLink(file: AnnouncedFile, options: CallOptions): Promise<SignedUpload>;
  /** Registers what was sent to a {@link signedUploadLink}. May be repeated. @throws TransferError */
  confirmUpload(
    file: AnnouncedFile & Pick<SignedUpload, 'fileKey'>,
    options: CallOptions,
  ): Promise<UploadOutcome>;
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
    async signedUploadLink(file, call) {
      requireFilePath(file.path);
      return signUpload(client, file, call);
    },
    confirmUpload: (file, call) => confirmUpload(client, file, call),
  };
}

function requireRunning({ signal }: CallOptions): void {
  if (signal.aborted) throw abortedError();
}
