import { type UbiOpsAdapter, ubiops } from '../../src/adapters/ubiops/index.js';
import { action, type DemoPlatform, question } from './platform.js';

/** UbiOps: the buckets of a project. */
export const ubiopsDemo: DemoPlatform<UbiOpsAdapter> = {
  title: 'UbiOps',
  fields: [
    { name: 'baseUrl', label: 'Address of the API', value: 'https://api.ubiops.com/v2.1' },
    { name: 'project', label: 'Project' },
    { name: 'bucket', label: 'Bucket', value: 'default' },
    { name: 'token', label: 'Token', secret: true },
  ],
  connect: ({ baseUrl, project = '', bucket, token = '' }) =>
    ubiops({
      project,
      getToken: () => token,
      ...(baseUrl ? { baseUrl } : {}),
      ...(bucket ? { bucket } : {}),
    }),
  controls: (adapter, page) => {
    const { containers } = adapter;
    const { signal } = page;
    const chosenFile = () => page.selection().find(path => !path.endsWith('/'));
    return [
      action('About this bucket', page, async () => {
        const { name, size, extra } = await containers.read!(containers.current!, { signal });
        const provider = String(extra?.provider);
        return `${name}: ${size === undefined ? 'not measured yet' : `${size} bytes`}, held by ${provider}.`;
      }),
      action('Copy the platform’s address of the chosen file', page, async () => {
        const path = chosenFile();
        if (path === undefined) return 'Choose a file first.';
        await navigator.clipboard.writeText(adapter.uriOf(path));
        return `Copied: ${adapter.uriOf(path)}`;
      }),
      question('Copy an upload URL for a new file named', page, async name => {
        const { url, provider } = await adapter.signedUploadUrl(page.folder() + name, { signal });
        await navigator.clipboard.writeText(url);
        return `Copied. A PUT to it stores the file (${provider}).`;
      }),
      action('Ask for the service’s state', page, async () => {
        const { version } = await adapter.health!({ signal });
        return `UbiOps answers, version ${version}.`;
      }),
    ];
  },
};
