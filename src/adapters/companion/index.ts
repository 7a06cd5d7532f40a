/**
 * `file-transfer-elements/adapters/companion`: uploads for sites that run Uppy's Companion today. Needs `@uppy/core` and
 * `@uppy/aws-s3` 6.3, which are loaded with the first upload.
 *
 * Companion signs uploads to its own bucket and says nothing about what is there, so this adapter only uploads. What
 * comes with that: the parts of a file go one after another; nothing is checked, which results say as
 * `verified: { level: 'none' }`; the storage's answer does not come through; the key is Companion's choice (`path` of the
 * result tells it); an upload in parts does not survive a reload. The `s3` adapter with a signer beside Companion has none
 * of these limits, on the same bucket.
 */
import { TransferError } from '../../core/errors.js';
import type { Adapter, RequestPlan } from '../adapter.js';
import type { CompanionOptions } from './options.js';
import { type Sent, type Slot, UppyQueue } from './uppy-queue.js';

export type { CompanionOptions } from './options.js';

export function companion(options: CompanionOptions): Adapter {
  const { url, metadataFields = [] } = options;
  if (!URL.canParse(url)) throw new TypeError(`companion({ url }): "${url}" is no address.`);
  let queue: Promise<UppyQueue> | undefined;
  function opened(): Promise<UppyQueue> {
    queue ??= UppyQueue.open(options);
    // A load that failed is tried again by the next upload.
    queue.catch(() => {
      queue = undefined;
    });
    return queue;
  }

  return {
    name: 'companion',
    label: options.label ?? new URL(url).host,
    capabilities: {
      folders: 'none',
      recursiveList: false,
      overwrite: 'new-identity',
      conditionalCreate: false,
      uploadPlans: ['request'],
      ranges: 'no',
      checksums: [],
      uploadMetadata: metadataFields.length > 0,
      // Companion stores them with S3, as parts of headers' names.
      metadataNames: /^[\w!#$%&'*+.^`|~-]+$/,
    },

    /** Companion cannot say what is there. */
    async list() {
      return { entries: [] };
    },

    async openUpload({ path, type, metadata }): Promise<RequestPlan> {
      const slot: Slot = { path };
      return {
        kind: 'request',
        unproven: true,
        async sign() {
          const uploads = await opened();
          return {
            async deliver(body, hooks) {
              const file = { type: type || 'application/octet-stream', meta: { ...metadata?.custom } };
              const sent = await uploads.send(slot, body, file, hooks);
              return { status: 200, headers: {}, body: JSON.stringify(sent) };
            },
          };
        },
        readError: () => undefined,
        async finish({ body }) {
          const sent = JSON.parse(body) as Partial<Sent>;
          if (typeof sent.key !== 'string') {
            throw new TransferError(`Companion did not say where ${path} is. It may be stored; look there.`, {
              kind: 'fatal',
              reason: 'invalid-answer',
              path,
            });
          }
          // No checksums, said once: the engine need not compute its own to compare them with nothing.
          const { key, location } = sent;
          return { path: key, checksums: [], body: sent, ...(location ? { location } : {}) };
        },
        async discard({ signal }) {
          await (await opened()).discard(slot, signal);
        },
      };
    },
  };
}
