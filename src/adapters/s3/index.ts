/** `file-transfer-elements/adapters/s3`: one bucket of Amazon S3, or of anything that speaks S3. */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { Adapter, Capabilities, UploadPlan } from '../adapter.js';
import { S3Client } from './client.js';
import { copy, move } from './copy-move.js';
import { resolveDownload } from './download.js';
import { createFolder } from './folders.js';
import { signedLink } from './links.js';
import { list, stat } from './list.js';
import { readMetadata, writeMetadata } from './metadata.js';
import { METADATA_NAME } from './metadata-headers.js';
import { checkOptions, labelOf, MAX_LINK_SECONDS, type S3Options } from './options.js';
import { remove } from './remove.js';
import { reopenUpload } from './reopen.js';
import { abortUnfinishedUpload, listUnfinishedUploads } from './unfinished.js';
import { maxFileSizeOf, openUpload } from './upload.js';

export type {
  GetCredentials,
  S3CommonOptions,
  S3CredentialsOptions,
  S3Options,
  S3SignerOptions,
  SignRequest,
  SignRequests,
} from './options.js';
export type { S3Credentials } from './presign.js';
export { type SignerEndpointOptions, signerEndpoint } from './signer-endpoint.js';
export type {
  S3Operation,
  S3SignBatch,
  S3SignBatchResponse,
  S3SignedRequest,
  S3SignRefusal,
  S3SignRequest,
} from './signing.js';

/**
 * An adapter for one bucket, or for what is below a prefix of it.
 *
 * With `signer: 'uppy'` it has `openUpload` alone: such signers sign uploads and nothing else, and functions that
 * cannot work are absent.
 *
 * @throws TypeError when the options contradict each other.
 */
export function s3(options: S3Options): Adapter {
  checkOptions(options);
  const client = new S3Client(options);
  const uploads: Pick<Adapter, 'name' | 'label' | 'identity' | 'place' | 'capabilities'> &
    Required<Pick<Adapter, 'openUpload' | 'reopenUpload'>> = {
    name: 's3',
    label: labelOf(options),
    identity: `${client.bucketUrl} ${options.prefix ?? ''}`,
    place: {
      storage: client.bucketUrl,
      root: options.prefix ?? '',
      access: options.signRequest ?? options.getCredentials,
      at: root => s3({ ...options, prefix: root }),
    },
    capabilities: capabilitiesOf(client),
    openUpload: async intent => openUpload(client, intent),
    reopenUpload: async (intent, state) => reopenUpload(client, intent, state),
  };
  // The contract asks every adapter for a listing; one without it says so by leaving it out.
  if (!client.full) return uploads as Adapter;
  return {
    ...uploads,
    list: (path, call) => list(client, path, call),
    stat: (path, call) => stat(client, path, call),
    resolveDownload: (entry, call) => resolveDownload(client, entry, call),
    remove: (paths, call) => remove(client, paths, call),
    move: (from, to, call) => move(client, from, to, call),
    copy: (from, to, call) => copy(client, from, to, call),
    createFolder: (path, call) => createFolder(client, path, call),
    readMetadata: (path, call) => readMetadata(client, path, call),
    writeMetadata: (path, metadata, call) => writeMetadata(client, path, metadata, call),
    signedLink: (path, call) => signedLink(client, path, call),
    listUnfinishedUploads: (prefix, call) => listUnfinishedUploads(client, prefix, call),
    abortUnfinishedUpload: (upload, call) => abortUnfinishedUpload(client, upload, call),
    async health(call) {
      // A listing, not HEAD on the bucket: its refusals have no body and so no reason.
      await list(client, '', { ...call, limit: 1 });
      return {};
    },
  };
}

const MODERN: readonly ChecksumAlgorithm[] = ['crc64nvme', 'crc32c', 'crc32', 'sha256', 'sha1', 'md5'];

function capabilitiesOf(client: S3Client): Capabilities {
  const { full } = client;
  return {
    folders: 'derived',
    recursiveList: full,
    filtersNames: full,
    overwrite: 'replace',
    conditionalCreate: full && client.options.conditionalCreate !== false,
    get uploadPlans(): readonly UploadPlan['kind'][] {
      return client.forms.offered ? ['request', 'form', 'parts'] : ['request', 'parts'];
    },
    maxFileSize: maxFileSizeOf(client),
    ranges: 'yes',
    get checksums(): readonly ChecksumAlgorithm[] {
      if (!full) return [];
      return client.checksums.modern ? MODERN : ['md5'];
    },
    uploadMetadata: full,
    metadataNames: METADATA_NAME,
    ...(full ? { maxLinkSeconds: MAX_LINK_SECONDS } : {}),
  };
}
