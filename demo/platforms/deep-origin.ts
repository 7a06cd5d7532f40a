import { type DeepOriginAdapter, deepOrigin } from '../../src/adapters/deep-origin/index.js';
import { action, asZip, type DemoPlatform, fetchHere, question } from './platform.js';

/** Deep Origin: an organisation’s files. */
export const deepOriginDemo: DemoPlatform<DeepOriginAdapter> = {
  title: 'Deep Origin',
  fields: [
    { name: 'baseUrl', label: 'Address of the API', value: 'https://api.deeporigin.io' },
    { name: 'orgKey', label: 'Organisation' },
    { name: 'token', label: 'Token', secret: true },
  ],
  connect: ({ baseUrl, orgKey = '', token }) =>
    deepOrigin({ orgKey, getToken: () => token, ...(baseUrl ? { baseUrl } : {}) }),
  controls: (adapter, page) => [
    action('Health and version', page, async () => {
      const { status } = await adapter.serviceHealth({ signal: page.signal });
      const { version } = await adapter.serviceVersion({ signal: page.signal });
      return `The service says: ${String(status)}, version ${String(version)}.`;
    }),
    action('Count everything here', page, async () => {
      let count = 0;
      for await (const _ of adapter.keys(page.folder(), { signal: page.signal, recursive: true })) count += 1;
      return `${count} files below this folder.`;
    }),
    action('Link to the chosen file', page, async () => {
      const [path] = page.selection();
      if (path === undefined || path.endsWith('/')) return 'Choose a file first.';
      const { url, expiresAt } = await adapter.signedLink!(path, { signal: page.signal, seconds: 900 });
      await navigator.clipboard.writeText(url);
      return `Copied. It works until ${new Date(expiresAt).toLocaleTimeString()}.`;
    }),
    question('Copy an upload URL for a new file named', page, async name => {
      const { url, expiresAt } = await adapter.signedUploadLink(page.folder() + name, {
        signal: page.signal,
      });
      await navigator.clipboard.writeText(url);
      return `Copied. A PUT of application/octet-stream to it stores the file, until ${new Date(expiresAt).toLocaleTimeString()}.`;
    }),
    asZip(adapter, page),
    question('Import from the address', page, address => fetchHere(adapter, page, address)),
  ],
};
