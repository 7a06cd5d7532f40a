import { discoverInvenio, type InvenioAdapter, invenio } from '../../src/adapters/invenio/index.js';
import { action, asZip, type DemoPlatform, fetchHere, type PlatformPage, question } from './platform.js';
import { addressFrom, jsonObjectFrom } from './words.js';

/** InvenioRDM and NRP repositories: the files of a record. */
export const invenioDemo: DemoPlatform<InvenioAdapter> = {
  title: 'InvenioRDM / NRP',
  fields: [
    { name: 'baseUrl', label: 'Address of the repository', value: 'https://zenodo.org' },
    { name: 'record', label: 'Record id, or nothing to choose one' },
    { name: 'state', label: '“draft” or “published”', value: 'draft' },
    { name: 'token', label: 'Token', secret: true },
  ],
  connect: ({ baseUrl = '', record, state, token }) =>
    invenio({
      baseUrl,
      state: state === 'published' ? 'published' : 'draft',
      ...(record ? { record } : {}),
      ...(token ? { getToken: () => token } : {}),
    }),
  controls: (adapter, page) => [...repositoryControls(adapter, page), ...recordControls(adapter, page)],
};

function repositoryControls({ at, containers }: InvenioAdapter, page: PlatformPage): HTMLElement[] {
  const { signal } = page;
  return [
    question('What is at the address', page, async address => {
      const { kind, name, version, transfers, models } = await discoverInvenio(addressFrom(address).href, {
        signal,
      });
      const kinds = models.map(model => model.name).join(', ');
      return `${kind === 'nrp' ? 'An NRP repository' : 'InvenioRDM'}: ${name}, version ${version}, transfers ${transfers.join(', ')}${kinds && `, records: ${kinds}`}.`;
    }),
    question('Read the file at the address', page, async address => {
      const { adapter, path } = at(address);
      const entry = await adapter.stat?.(path, { signal });
      return entry
        ? `${entry.path}: ${entry.size ?? 'unknown'} bytes, ${entry.status ?? 'no status'}.`
        : 'There is no such file.';
    }),
    ...(containers?.create
      ? [
          question('Create a draft titled', page, async title => {
            const { id, name } = await containers.create!(
              {
                title,
                creators: 'Doe, Jo',
                resourceType: 'dataset',
                publicationDate: new Date().toISOString().slice(0, 10),
              },
              { signal },
            );
            page.open(id);
            return `“${name}” is record ${id}.`;
          }),
        ]
      : []),
  ];
}

/** What the record's state allows; the rest is not shown. */
function recordControls(adapter: InvenioAdapter, page: PlatformPage): HTMLElement[] {
  const { signal } = page;
  const { newVersion, editPublished, importPreviousFiles, removeAllFiles, importFromUrl, writeFileMetadata } =
    adapter;
  const controls: HTMLElement[] = adapter.archive ? [asZip(adapter, page)] : [];
  if (newVersion) {
    controls.push(
      action('New version', page, async () => {
        const { id } = await newVersion({ signal });
        page.open(id);
        return `This is the draft of the new version, ${id}.`;
      }),
    );
  }
  if (editPublished) {
    controls.push(
      action('Edit the description', page, async () => {
        const { id } = await editPublished({ signal });
        page.open(id);
        return 'This draft is for the description only; the files stay frozen.';
      }),
    );
  }
  if (importPreviousFiles) {
    controls.push(
      action('Take over the files of the version before', page, async () => {
        const count = await importPreviousFiles({ signal });
        page.refresh();
        return `${count} files, and no bytes copied.`;
      }),
    );
  }
  if (removeAllFiles) {
    controls.push(
      action('Delete all files', page, async () => {
        await removeAllFiles({ signal });
        page.refresh();
        return 'The record has no files now.';
      }),
    );
  }
  if (importFromUrl) {
    controls.push(question('Let the repository fetch', page, address => fetchHere(adapter, page, address)));
  }
  if (writeFileMetadata) {
    controls.push(
      question('Metadata of the chosen file, as JSON', page, async json => {
        const path = page.selection().find(one => !one.endsWith('/'));
        if (path === undefined) return 'Choose a file first.';
        await writeFileMetadata(path, jsonObjectFrom(json), { signal });
        page.refresh();
        return `The metadata of ${path} is stored.`;
      }),
    );
  }
  return controls;
}
