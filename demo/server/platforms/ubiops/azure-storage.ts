/**
 * Buckets of provider `azure_blob_storage`: blobs of a container, reached by shared access signatures. Speaks HTTP to
 * whatever is at the endpoint: this stand-in's double, or a real service or emulator in its place.
 */
import { child, childrenOf, childText, parseXml } from '../../../../src/adapters/xml.js';
import { Refusal } from '../shared/index.js';
import { accountSas, blobSas, SAS_VERSION } from './azure-sas.js';
import type { AzureEndpoint, UbiOpsQuirks } from './options.js';
import { encodePath, escapeXml, type FileStorage, type SignWish } from './storage.js';
import { storageRefusal } from './storage-refusal.js';

/** Clocks of servers differ; a signature that begins a little earlier does no harm. Milliseconds. */
const EARLIER = 300_000;

export function azureStorage(
  endpoint: AzureEndpoint,
  container: string,
  prefix: string,
  clock: () => number,
  quirks: Pick<UbiOpsQuirks, 'fullStatus'>,
): FileStorage {
  const base = endpoint.url.replace(/\/+$/, '');

  function url(path: string, query: Record<string, string>): string {
    return `${base}/${path}?${new URLSearchParams(query)}`;
  }

  function signed(name: string, permissions: string, { seconds, at }: SignWish, more = {}): string {
    const blob = prefix + name;
    const times = { start: at - EARLIER, end: at + seconds * 1000 };
    const sas = blobSas(endpoint, container, blob, permissions, times);
    return url(`${container}/${encodePath(blob)}`, { ...more, ...sas });
  }

  /** A call of the platform's own. */
  async function call(method: string, path: string, query: Record<string, string>, init: RequestInit = {}) {
    const now = clock();
    const sas = accountSas(endpoint, 'rwdlac', { start: now - EARLIER, end: now + 600_000 });
    return fetch(url(path, { ...query, ...sas }), {
      ...init,
      method,
      headers: { 'x-ms-version': SAS_VERSION, ...(init.headers as Record<string, string>) },
    }).catch(() => {
      throw new Refusal(503, { message: 'The storage provider could not be reached' });
    });
  }

  let ready: Promise<void> | undefined;
  /** Makes the container once; that it is there already is fine. */
  function open(): Promise<void> {
    return (ready ??= (async () => {
      const response = await call('PUT', container, { restype: 'container' });
      await response.arrayBuffer();
      if (response.ok || response.status === 409) return;
      ready = undefined;
      throw new Refusal(400, { message: `The container could not be reached (${response.status})` });
    })());
  }

  const blobCall = async (method: string, name: string, query = {}, init: RequestInit = {}) => {
    await open();
    return call(method, `${container}/${encodePath(prefix + name)}`, query, init);
  };

  return {
    async list(start) {
      await open();
      const files = [];
      for (let marker = ''; ; ) {
        const response = await call('GET', container, {
          restype: 'container',
          comp: 'list',
          prefix: prefix + start,
          ...(marker ? { marker } : {}),
        });
        const root = parseXml(await response.text());
        for (const blob of childrenOf(child(root, 'Blobs'), 'Blob')) {
          const properties = child(blob, 'Properties');
          files.push({
            name: (childText(blob, 'Name') ?? '').slice(prefix.length),
            size: Number(childText(properties, 'Content-Length')),
            created: Date.parse(childText(properties, 'Last-Modified') ?? ''),
          });
        }
        marker = childText(root, 'NextMarker') ?? '';
        if (marker === '') return files;
      }
    },

    async find(name) {
      const response = await blobCall('HEAD', name);
      if (!response.ok) return undefined;
      return {
        name,
        size: Number(response.headers.get('content-length')),
        created: Date.parse(response.headers.get('last-modified') ?? ''),
      };
    },

    async remove(name) {
      const response = await blobCall('DELETE', name);
      await response.arrayBuffer();
    },

    async read(name) {
      const response = await blobCall('GET', name);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return response.ok ? bytes : undefined;
    },

    async signUpload(name, { uploadId, ...wish }) {
      await open();
      return signed(name, 'cw', wish, uploadId === undefined ? {} : { comp: 'block', blockid: uploadId });
    },

    signDownload: async (name, wish) => signed(name, 'r', wish),

    // The storage itself knows no beginning of an upload: blocks wait under the blob's name.
    start: async () => crypto.randomUUID(),

    async complete(name, _uploadId, parts) {
      const ids = parts.map(part => {
        if ('BlockId' in part) return `<Latest>${escapeXml(part.BlockId)}</Latest>`;
        throw new Refusal(400, { message: 'parts: BlockId is required' });
      });
      const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${ids.join('')}</BlockList>`;
      const response = await blobCall(
        'PUT',
        name,
        { comp: 'blocklist' },
        { body, headers: { 'content-type': 'application/xml' } },
      );
      const text = await response.text();
      if (response.ok) return;
      throw storageRefusal('The block list', response.status, text, quirks);
    },
  };
}
