import type { PluginOpts, UppyFile } from '@uppy/core';
import type { Body, Meta, RemoteUppyFile } from '@uppy/core/utils';
import type { Adapter } from '../adapters/adapter.js';
import type { EntryMetadata } from '../core/entry.js';
import type { TransferManager, TransferManagerOptions } from '../transfer/manager.js';
import type { TransferResult, UploadOptions } from '../transfer/types.js';

/** Where the files go. */
type Target =
  | {
      /** The storage. The uploader makes a manager of its own for it, and dismisses its jobs once they are over. */
      adapter: Adapter;
      manager?: never;
    }
  | {
      /** A manager of the page's: its `<transfer-list>` shows Uppy's uploads among the others, and can steer them. */
      manager: TransferManager;
      adapter?: never;
    };

/** What the uploader's own manager is made with. Says nothing when a `manager` is given. */
type OwnManager = Pick<TransferManagerOptions, 'connectionsPerOrigin' | 'bandwidth' | 'journal'>;

type How = Pick<UploadOptions, 'into' | 'conflict' | 'onConflict' | 'verify' | 'checksum' | 'partSize'>;

/**
 * Options of {@link TransferUploader}. Its functions are written as methods on purpose: `uppy.use` forgets which Meta
 * and Body an instance has, and methods may be given for narrower ones.
 */
export type TransferUploaderOptions<M extends Meta = Meta, B extends Body = Body> = PluginOpts &
  Target &
  OwnManager &
  How & {
    /**
     * Path below `into` to store a file under. Default: `meta.relativePath` with `meta.name` as its last segment, so
     * dropped folders keep their shape.
     */
    path?(file: UppyFile<M, B>): string;
    /**
     * Which fields of `file.meta` are kept with the file as its own metadata, where the storage takes any. Default
     * `true`: all but `name`, `type` and `relativePath`, which say where the file goes and what it is. Fields whose names
     * the storage cannot take (S3: letters of ASCII, digits, hyphens and the like, no spaces) are left out with a
     * warning in Uppy's log, and named in {@link TransferBody.metaLeftOut}; the file is uploaded without them.
     */
    allowedMetaFields?: boolean | string[];
    /** Metadata of a file, in place of what `allowedMetaFields` picks. What the storage cannot take fails the file. */
    metadata?(file: UppyFile<M, B>): EntryMetadata | undefined;
    /** What `upload-success` carries as `response.body`. Default: a {@link TransferBody}. */
    responseBody?(result: TransferResult, file: UppyFile<M, B>): B;
    /** A URL under which the file can be reached; Uppy's `uploadURL`. Default: where the storage says it is. */
    uploadURL?(result: TransferResult, file: UppyFile<M, B>): string | undefined;
    /**
     * What Companion is told about a remote file besides where to fetch it. Default: to store it in its own bucket
     * (`protocol: 's3-multipart'`), with the file's size and allowed meta fields.
     */
    companionArguments?(file: RemoteUppyFile<M, B>): Record<string, unknown>;
    /**
     * What `upload-progress` counts as uploaded. `acknowledged`: bytes that the storage has confirmed, which move by
     * whole parts and files. `sent`: bytes handed to the connection, as other uploaders of Uppy's do; on a slow link
     * megabytes of them wait in buffers, so that it may stand at 99 % for long. Default `estimated`: confirmed ones, and
     * of those on their way what the link can be taken to have carried since, by the speed it was seen to have. None
     * of them ever falls, nor reaches 100 % before the file is stored.
     */
    progress?: 'estimated' | 'sent' | 'acknowledged';
  };

/** What of these the engine is told. */
export function uploadOptionsOf<M extends Meta, B extends Body>(
  given: TransferUploaderOptions<M, B>,
): UploadOptions {
  const { into, conflict, onConflict, verify, checksum, partSize } = given;
  return {
    ...(into === undefined ? {} : { into }),
    ...(conflict === undefined ? {} : { conflict }),
    ...(onConflict === undefined ? {} : { onConflict }),
    ...(verify === undefined ? {} : { verify }),
    ...(checksum === undefined ? {} : { checksum }),
    ...(partSize === undefined ? {} : { partSize }),
  };
}

/** Throws `TypeError` where it is not said where files go. */
export function checkTarget(options: { adapter?: unknown; manager?: unknown } | undefined): void {
  if (options?.adapter || options?.manager) return;
  throw new TypeError(
    'TransferUploader needs the option `adapter` (a storage) or `manager` (a TransferManager).',
  );
}
