import { type DeepLakeAdapter, deepLake } from '../../src/adapters/deep-lake/index.js';
import { action, type DemoPlatform, question } from './platform.js';

/** Deep Lake: the files of a workspace, and the rows that name them. */
export const deepLakeDemo: DemoPlatform<DeepLakeAdapter> = {
  title: 'Deep Lake',
  fields: [
    { name: 'baseUrl', label: 'Address of the API', value: 'https://api.deeplake.ai' },
    { name: 'workspace', label: 'Workspace' },
    { name: 'orgId', label: 'Organisation (optional)' },
    { name: 'token', label: 'Token', secret: true },
  ],
  connect: ({ baseUrl, workspace = '', orgId, token }) =>
    deepLake({
      workspace,
      getToken: () => token,
      ...(baseUrl ? { baseUrl } : {}),
      ...(orgId ? { orgId } : {}),
    }),
  controls: (adapter, page) => [
    action('Id of the chosen file', page, async () => {
      const [path] = page.selection();
      if (path === undefined) return 'Choose a file first.';
      const { id } = (await adapter.stat!(path, { signal: page.signal })) ?? {};
      if (id === undefined) return 'The file is no longer there.';
      await navigator.clipboard.writeText(id);
      return `Copied: ${id}`;
    }),
    question('Link the chosen files to the table', page, async table => {
      const paths = page.selection();
      for (const path of paths) {
        const entry = await adapter.stat!(path, { signal: page.signal });
        if (!entry) continue;
        await adapter.linkToTable(
          { table, fileId: entry.id, values: { title: entry.name } },
          { signal: page.signal },
        );
      }
      return `${paths.length} rows with title and file_id added to ${table}.`;
    }),
    action('Files like the chosen one', page, async () => {
      const [path] = page.selection();
      if (path === undefined) return 'Choose a file first.';
      const ids: string[] = [];
      for await (const { id } of adapter.likenessesOf(path, { signal: page.signal })) ids.push(id);
      return ids.length === 0 ? 'There is no other of this name and size.' : `Also: ${ids.join(', ')}`;
    }),
  ],
};
