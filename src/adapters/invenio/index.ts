/** `file-transfer-elements/adapters/invenio`: files of the records of an InvenioRDM or NRP repository. */
import type { Entry } from '../../core/entry.js';
import type { Adapter, CallOptions, Capabilities, Container, UploadPlan } from '../adapter.js';
import { InvenioClient } from './client.js';
import { containersOf, readRecord } from './containers.js';
import { archive, resolveDownload } from './download.js';
import { importFromUrl, linkRemote, type RemoteFile } from './import.js';
import { list, stat } from './list.js';
import { locate } from './locate.js';
import { readMetadata, writeFileMetadata, writeMetadata } from './metadata.js';
import { containerIdOf, type InvenioOptions } from './options.js';
import { reopenUpload } from './parts.js';
import { editPublished, importPreviousFiles, newVersion, publish } from './publish.js';
import { listUnfinishedUploads, remove, removeAll } from './remove.js';
import { removeFile } from './start.js';
import { openUpload, takesParts } from './upload.js';

export {
  type DiscoverOptions,
  discoverInvenio,
  type InvenioModel,
  type InvenioRepository,
  optionsFor,
} from './discovery.js';
export type { RemoteFile } from './import.js';
export type { InvenioOptions, InvenioTransfer } from './options.js';

/** What records offer beyond the contract. Functions that the record's state does not allow are absent. */
export interface InvenioAdapter extends Adapter {
  /**
   * The adapter and path for the address of a record, of its files, or of one file. Sends nothing.
   * @throws TransferError (`invalid-input`) for an address of something else.
   */
  at(url: string): { readonly adapter: InvenioAdapter; readonly path: string };
  /** The record as the repository writes it: metadata, links, access. */
  readRecord?(options: CallOptions): Promise<Readonly<Record<string, unknown>>>;
  /** Replaces a file's metadata by any JSON object; `writeMetadata` knows text only. */
  writeFileMetadata?(
    path: string,
    metadata: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<void>;
  /** Deletes every file of the draft with one request. */
  removeAllFiles?(options: CallOptions): Promise<void>;
  /** A file whose bytes stay at another address; most repositories allow it to their own processes only. */
  linkRemote?(path: string, url: string, options: RemoteFile & CallOptions): Promise<Entry>;
  /** A draft of the next version of a published record, without files. Resolves to its container. */
  newVersion?(options: CallOptions): Promise<Container>;
  /** A draft to change the description of a published record; its files stay frozen. */
  editPublished?(options: CallOptions): Promise<Container>;
  /** Takes the files of the version before over into a new version. Resolves to the number of files in the draft. */
  importPreviousFiles?(options: CallOptions): Promise<number>;
}

/**
 * An adapter for the files of one record: its draft, which can be changed and published, or its published version,
 * which can only be read. Without `record` it offers `containers` to choose one from.
 *
 * Publishing and the like answer with another container: open it with `containers.open(container.id)`.
 *
 * @throws TypeError for an option that cannot be.
 */
export function invenio(options: InvenioOptions): InvenioAdapter {
  const { record, state = 'draft' } = options;
  const face = record === undefined ? undefined : { id: record, draft: state === 'draft' };
  return adapterOf(new InvenioClient(options, face));
}

function adapterOf(client: InvenioClient): InvenioAdapter {
  const { options, face } = client;
  const base = {
    name: 'invenio',
    label: options.label ?? new URL(client.baseUrl).host,
    identity: `${client.baseUrl} ${face ? containerIdOf(face) : ''}`,
    capabilities: capabilitiesOf(client),
    containers: containersOf(client, adapterOf),
    at(url: string) {
      const { containerId, path } = locate(client, url);
      return { adapter: adapterOf(client.open(containerId)), path };
    },
    // Without a record it says that one has to be chosen.
    list: async (path, call) => list(client, path, call),
  } satisfies InvenioAdapter;
  if (!face) return base;

  const readable = {
    ...base,
    stat: (path, call) => stat(client, path, call),
    resolveDownload: ({ path }, call) => resolveDownload(client, path, call),
    readMetadata: (path, call) => readMetadata(client, path, call),
    archive: (path, call) => archive(client, path, call),
    readRecord: async ({ signal }) => ({ ...(await readRecord(client, containerIdOf(face), { signal })) }),
  } satisfies InvenioAdapter;
  if (!options.getToken) return readable;
  if (!face.draft) {
    return {
      ...readable,
      newVersion: call => newVersion(client, call),
      editPublished: call => editPublished(client, call),
    };
  }
  const publishable = {
    ...readable,
    publish: call => publish(client, call),
  } satisfies InvenioAdapter;
  // The draft of a published record: its description can be changed, its files cannot.
  if (client.learned.frozen.has(containerIdOf(face))) return publishable;
  return {
    ...publishable,
    openUpload: (intent, call) => openUpload(client, intent, call),
    ...(offers(client, 'M')
      ? { reopenUpload: (intent, begun, call) => reopenUpload(client, intent, begun, call) }
      : {}),
    remove: (paths, call) => remove(client, paths, call),
    writeMetadata: (path, metadata, call) => writeMetadata(client, path, metadata, call),
    listUnfinishedUploads: (prefix, call) => listUnfinishedUploads(client, prefix, call),
    abortUnfinishedUpload: ({ path }, { signal }) =>
      removeFile(client, path, { signal, attempts: client.attempts }),
    ...(offers(client, 'F') ? { importFromUrl: async (path, url) => importFromUrl(client, path, url) } : {}),
    ...(offers(client, 'R')
      ? { linkRemote: async (path, url, about) => linkRemote(client, path, url, about) }
      : {}),
    async writeFileMetadata(path, metadata, call) {
      await writeFileMetadata(client, path, metadata, call);
    },
    removeAllFiles: call => removeAll(client, call),
    importPreviousFiles: call => importPreviousFiles(client, call),
  } satisfies InvenioAdapter;
}

function offers({ options }: InvenioClient, letter: 'F' | 'R' | 'M'): boolean {
  return options.transfers?.includes(letter) ?? true;
}

function capabilitiesOf(client: InvenioClient): Capabilities {
  const { options, face, learned } = client;
  const writable =
    face?.draft === true && options.getToken !== undefined && !learned.frozen.has(containerIdOf(face));
  return {
    folders: 'derived',
    recursiveList: true,
    overwrite: 'delete-first',
    conditionalCreate: true,
    get uploadPlans(): readonly UploadPlan['kind'][] {
      if (!writable) return [];
      return [
        'request',
        ...(takesParts(client) ? (['parts'] as const) : []),
        ...(offers(client, 'F') ? (['import'] as const) : []),
      ];
    },
    maxFileSize: options.maxFileSize ?? 10_000_000_000,
    maxFiles: options.maxFiles ?? 100,
    ranges: options.ranges ?? 'probe',
    checksums: ['md5'],
    uploadMetadata: writable,
  };
}
