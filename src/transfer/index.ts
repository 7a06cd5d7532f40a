/** The transfer engine without elements: `file-transfer-elements/transfer`. */
export type {
  Adapter,
  AdapterPlace,
  CallOptions,
  Capabilities,
  Delivery,
  DownloadOptions as ResolveDownloadOptions,
  DownloadSource,
  FormPlan,
  ImportPlan,
  ItemResult,
  ListOptions,
  LocalDelivery,
  PartRange,
  PartReceipt,
  PartsPlan,
  RequestPlan,
  ResumeState,
  SignContext,
  SignedRequest,
  TransferResponse,
  UnfinishedUpload,
  UploadIntent,
  UploadOutcome,
  UploadPlan,
  WholeChecksums,
} from '../adapters/adapter.js';
export { can } from '../adapters/adapter.js';
export type {
  Checksum,
  ChecksumAlgorithm,
  Verification,
  VerificationLevel,
} from '../core/checksum.js';
export type * from '../core/entry.js';
export {
  type ErrorKind,
  type ErrorReason,
  TransferError,
  type TransferErrorOptions,
} from '../core/errors.js';
export {
  getBackend,
  managerFor,
  onManagerAdded,
  registerBackend,
  registeredManagers,
  whenBackend,
} from './backends.js';
export type { CarryOptions, RelocationOptions } from './copy/options.js';
export type {
  InterruptedDownload,
  NotResumedDownload,
  ResumedDownloads,
} from './download/interrupted-downloads.js';
export {
  type DownloadExtent,
  type DownloadJournalPort,
  type DownloadRecord,
  type FilesAndBytes,
  type KeptDownload,
  type LastingTarget,
  noDownloadJournal,
} from './download/kept-downloads.js';
export type { ContentForms, ReadOptions } from './download/read-content.js';
export type { InterruptedUpload, NotResumed, Resumed, ResumeOptions } from './interrupted.js';
export {
  type JournalPort,
  type JournalRecord,
  type KeptPart,
  type KeptUpload,
  noJournal,
} from './journal.js';
export { TransferManager, type TransferManagerOptions } from './manager.js';
export type { ImportOptions, ImportSource } from './operations/import-job.js';
export type { RelocateOptions } from './operations/relocate-job.js';
export type { MetadataChange } from './operations/update-metadata.js';
export { type DownloadWorkerOptions, registerDownloadWorker } from './service-worker/register.js';
export type { SinkFacts } from './sinks/sink.js';
export type { RemoteSide, SyncFile, SyncOptions, SyncPlan, SyncSide, SyncStep } from './sync/options.js';
export type { Sync } from './sync/sync.js';
export type { SyncResult, SyncRun } from './sync/sync-run.js';
export type * from './types.js';
