import {
  type AnnouncedFile,
  type SignedUpload,
  type SmartsBioAdapter,
  smartsBio,
} from '../../src/adapters/smarts-bio/index.js';
import { action, type DemoPlatform, type PlatformPage, question } from './platform.js';

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
    ...uploadsByOthers(adapter, page),
  ],
};

/** An address that somebody else sends a file to, and the confirmation when that is done. */
function uploadsByOthers(adapter: SmartsBioAdapter, page: PlatformPage): HTMLElement[] {
  const { signal } = page;
  let awaited: (AnnouncedFile & SignedUpload) | undefined;
  return [
    question('Copy an upload URL for a new file: its bytes and its name', page, async answer => {
      const [, size, name] = /^(\d+)\s+(.+)$/.exec(answer) ?? [];
      if (!size || !name) return 'Write the number of bytes, a space and the name: 1024 reads.bam';
      const file: AnnouncedFile = { path: page.folder() + name, size: Number(size) };
      awaited = { ...file, ...(await adapter.signedUploadLink(file, { signal })) };
      await navigator.clipboard.writeText(awaited.url);
      return 'Copied. A PUT of application/octet-stream to it stores the file; confirm it afterwards.';
    }),
    action('Confirm what was uploaded so', page, async () => {
      if (!awaited) return 'Copy an upload URL first.';
      const { path } = await adapter.confirmUpload(awaited, { signal });
      awaited = undefined;
      page.refresh();
      return `${path} is stored.`;
    }),
  ];
}
