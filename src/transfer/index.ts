/** The transfer engine without elements: `file-transfer-elements/transfer`. */
export type {
  Adapter,
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
export type { JournalPort, JournalRecord } from './journal.js';
export { TransferManager, type TransferManagerOptions } from './manager.js';
export type { RelocateOptions } from './operations/relocate-job.js';
export type { SinkFacts } from './sinks/sink.js';
export type * from './types.js';
