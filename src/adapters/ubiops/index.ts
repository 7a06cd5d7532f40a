/** `file-transfer-elements/adapters/ubiops`: the buckets of a UbiOps project, and the files in one of them. */
import { TransferError } from '../../core/errors.js';
import type { Adapter, CallOptions, Capabilities, Containers } from '../adapter.js';
import { bucketCalls } from './buckets.js';
import { textOf, UbiOpsClient } from './client.js';
import { requireAddressable } from './entries.js';
import { list, remove, stat } from './list.js';
import { apiUrlOf, checkOptions, DEFAULT_MAX_FILE_SIZE, type UbiOpsOptions } from './options.js';
import { reopenUpload } from './parts.js';
import { resolveDownload, type SignedStorageUrl, signDownload, signUpload } from './storage.js';
import { checkIntent, openUpload } from './upload.js';
import { fileUri } from './uri.js';

export type { UbiOpsOptions } from './options.js';
export type { SignedStorageUrl, UbiOpsProvider } from './storage.js';
export { fileUri, parseFileUri } from './uri.js';

/** Life that is claimed for a link whose URL does not tell its own, in milliseconds. */
const UNKNOWN_LIFE = 300_000;

/** The adapter of one bucket, with what only this platform has. */
export interface UbiOpsAdapter extends Adapter {
  readonly containers: Containers & { open(id: string): UbiOpsAdapter };
  /** The platform's own name for a file: `ubiops-file://bucket/path`. */
  uriOf(path: string): string;
  /**
   * A URL that takes a file's bytes by PUT, once or several times until it ends, with the headers it wants: for
   * handing an upload to somebody without a token.
   *
   * @throws TransferError
   */
  signedUploadUrl(path: string, options: CallOptions): Promise<SignedStorageUrl>;
}

/**
 * An adapter for one bucket of a project; `containers` leads to the others. Bytes never pass through the API: each
 * upload and download asks it for a signed URL of the storage behind the bucket (UbiOps’s own, Amazon S3, Google Cloud
 * Storage, Azure Blob Storage).
 *
 * The platform has no route to abort an upload in parts: what was sent of a cancelled one stays until the storage's
 * own rules remove it.
 *
 * @throws TypeError when the options cannot work.
 */
export function ubiops(options: UbiOpsOptions): UbiOpsAdapter {
  checkOptions(options);
  const client = new UbiOpsClient(options);
  const { bucket } = client;
  return {
    name: 'ubiops',
    label: options.label ?? bucket,
    identity: `${apiUrlOf(options.baseUrl)} ${options.project} ${bucket}`,
    capabilities: capabilitiesOf(options),
    list: (path, call) => list(client, path, call),
    stat: (path, call) => stat(client, path, call),
    openUpload: async (intent, { signal }) => {
      if (signal.aborted) throw aborted();
      return openUpload(client, intent);
    },
    reopenUpload: async (intent, state) => {
      checkIntent(client, intent);
      return reopenUpload(client, intent, state);
    },
    resolveDownload: ({ path }, call) => resolveDownload(client, path, call),
    remove: (paths, call) => remove(client, paths, call),

    /** The platform decides how long its URLs work, and not all of them say it. */
    async signedLink(path, { signal }) {
      const { url, expiresAt } = await signDownload(client, path, { signal, again: true });
      return { url, expiresAt: expiresAt ?? Date.now() + UNKNOWN_LIFE };
    },

    async health({ signal }) {
      const body = await client.callJson('GET', '/status', { signal, again: true });
      const status = textOf(body.status) ?? '';
      if (!/\b(?:down|error|fail\w*|unavailable|unhealthy|maintenance)\b/i.test(status)) {
        return { version: apiVersion(options) };
      }
      const reason = textOf(body.reason);
      throw new TransferError(
        `UbiOps says that it is not working as it should (${status}). What is stored is safe; try again later.`,
        { kind: 'retry', reason: 'server', ...(reason === undefined ? {} : { serverMessage: reason }) },
      );
    },

    containers: {
      word: 'bucket',
      current: bucket,
      open: id => {
        const { label: _label, ...rest } = options;
        return ubiops({ ...rest, bucket: id });
      },
      ...bucketCalls(client),
    },

    uriOf: path => fileUri(bucket, path),

    async signedUploadUrl(path, { signal }) {
      checkIntent(client, { path, size: 0, type: '', checksum: 'none' });
      requireAddressable(path);
      return signUpload(client, path, { signal });
    },
  };
}

function capabilitiesOf({ maxFileSize = DEFAULT_MAX_FILE_SIZE }: UbiOpsOptions): Capabilities {
  return {
    folders: 'derived',
    recursiveList: true,
    overwrite: 'replace',
    conditionalCreate: false,
    uploadPlans: ['request', 'parts'],
    maxFileSize,
    ranges: 'yes',
    // Of what Google and Azure keep of their own accord; none can be given along.
    checksums: ['crc32c', 'md5'],
    uploadMetadata: false,
  };
}

function apiVersion({ baseUrl = '' }: UbiOpsOptions): string {
  return /\/(v\d+(?:\.\d+)*)\/*$/.exec(baseUrl)?.[1] ?? 'v2.1';
}

function aborted(): TransferError {
  return new TransferError('Stopped before it was done.', { kind: 'fatal', reason: 'aborted' });
}
