import { type SmartsBioAdapter, smartsBio } from '../../src/adapters/smarts-bio/index.js';
import { action, type DemoPlatform, question } from './platform.js';

/** smarts.bio: the files of a workspace. */
export const smartsBioDemo: DemoPlatform<SmartsBioAdapter> = {
  title: 'smarts.bio',
  fields: [
    { name: 'baseUrl', label: 'Address of the API', value: 'https://api.smarts.bio' },
    { name: 'workspaceId', label: 'Workspace' },
    { name: 'apiKey', label: 'API key', secret: true },
  ],
  connect: ({ baseUrl, workspaceId = '', apiKey }) =>
    smartsBio({ workspaceId, getToken: () => apiKey, downloads: 'auto', ...(baseUrl ? { baseUrl } : {}) }),
  controls: (adapter, page) => [
    action('Storage key of the chosen file', page, async () => {
      const [path] = page.selection();
      if (path === undefined) return 'Choose a file first.';
      const key = await adapter.keyOf(path, { signal: page.signal });
      await navigator.clipboard.writeText(key);
      return 'Copied: queries of the platform take it as a file.';
    }),
    question('Describe the chosen files', page, async description => {
      const files = page.selection().filter(path => !path.endsWith('/'));
      for (const path of files) {
        await adapter.writeMetadata!(path, { custom: { description } }, { signal: page.signal });
      }
      page.refresh();
      return `${files.length} files described.`;
    }),
  ],
};
