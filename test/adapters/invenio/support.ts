import {
  createInvenioStandIn,
  type InvenioStandIn,
  type InvenioStandInOptions,
} from '../../../demo/server/platforms/invenio/index.js';
import type { S3Store } from '../../../demo/server/store/index.js';
import { type InvenioAdapter, type InvenioOptions, invenio } from '../../../src/adapters/invenio/index.js';
import { TransferError } from '../../../src/core/errors.js';
import { openStore } from '../support/open-store.js';

export { intentFor, read, upload } from '../../contract/transfer.js';

export const { signal } = new AbortController();

export interface Repository {
  readonly standIn: InvenioStandIn;
  readonly store: S3Store;
  /** Id of a fresh draft. */
  readonly record: string;
  /** An adapter for that draft. */
  readonly adapter: InvenioAdapter;
  open(options?: Partial<InvenioOptions>): InvenioAdapter;
  close(): Promise<void>;
}

export async function openRepository(
  options: Omit<InvenioStandInOptions, 'store' | 'bucket'> = {},
  adapterOptions: Partial<InvenioOptions> = {},
): Promise<Repository> {
  const { store, bucket, close } = await openStore();
  const standIn = await createInvenioStandIn({ store, bucket, ...options });
  const record = standIn.createDraft();
  const open = (more: Partial<InvenioOptions> = {}) =>
    invenio({
      baseUrl: standIn.baseUrl,
      ...(options.model ? { recordsUrl: `${standIn.baseUrl}/api/${options.model}` } : {}),
      record,
      getToken: () => standIn.token,
      attempts: 1,
      pollInterval: 1,
      ...adapterOptions,
      ...more,
    });
  const closeAll = async () => {
    await standIn.close();
    await close();
  };
  return {
    standIn,
    store,
    record,
    adapter: open(),
    open,
    close: closeAll,
  };
}

/** The TransferError that a promise rejects with. */
export async function refusal(promise: Promise<unknown>): Promise<TransferError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TransferError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

/** Runs a test on a repository of its own and closes it. */
export function withRepository(
  run: (repository: Repository) => Promise<void>,
  ...options: Parameters<typeof openRepository>
): () => Promise<void> {
  return async () => {
    const repository = await openRepository(...options);
    try {
      await run(repository);
    } finally {
      await repository.close();
    }
  };
}

export const text = (content: string): Blob => new Blob([content]);
export const decode = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && new TextDecoder().decode(bytes);
