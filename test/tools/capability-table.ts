/**
 * `npm run capabilities`: writes README.md's table of what each storage can do, read off the adapters themselves: a
 * function that an adapter lacks is a "no". A test compares the table with the adapters.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Adapter } from '../../src/adapters/adapter.js';
import { companion } from '../../src/adapters/companion/index.js';
import { deepLake } from '../../src/adapters/deep-lake/index.js';
import { deepOrigin } from '../../src/adapters/deep-origin/index.js';
import { invenio } from '../../src/adapters/invenio/index.js';
import { memory } from '../../src/adapters/memory/index.js';
import { opfs } from '../../src/adapters/opfs/index.js';
import { s3 } from '../../src/adapters/s3/index.js';
import { smartsBio } from '../../src/adapters/smarts-bio/index.js';
import { ubiops } from '../../src/adapters/ubiops/index.js';

const getToken = () => 'token';
const baseUrl = 'https://storage.invalid';

/** One adapter of each kind, with everything that options can switch on. Nothing is sent. */
const adapters: Record<string, Adapter> = {
  S3: s3({ bucketUrl: `${baseUrl}/bucket`, signRequest: async () => ({ url: baseUrl }) }),
  'Deep Origin': deepOrigin({ orgKey: 'org', getToken, baseUrl }),
  'smarts.bio': smartsBio({ workspaceId: 'ws', getToken, baseUrl }),
  'InvenioRDM draft': invenio({ baseUrl, getToken, record: 'abc' }),
  'InvenioRDM published': invenio({ baseUrl, getToken, record: 'abc', state: 'published' }),
  'Deep Lake': deepLake({ workspace: 'lab', getToken, baseUrl }),
  UbiOps: ubiops({ project: 'project', bucket: 'default', getToken, baseUrl }),
  Companion: companion({ url: baseUrl }),
  'This browser': opfs(),
  Memory: memory(),
};

const yes = (value: unknown) => (value ? 'yes' : 'no');
const has = (name: keyof Adapter) => (adapter: Adapter) => yes(adapter[name]);
const rows: Record<string, (adapter: Adapter) => string> = {
  Folders: ({ capabilities }) => capabilities.folders,
  'List everything below': ({ capabilities }) => yes(capabilities.recursiveList),
  'Look at one file': has('stat'),
  'Upload as': ({ openUpload, capabilities }) => (openUpload && capabilities.uploadPlans.join(', ')) || 'no',
  'A taken path': ({ openUpload, capabilities }) => (openUpload ? capabilities.overwrite : 'no uploads'),
  Download: has('resolveDownload'),
  'Download by ranges': ({ capabilities }) =>
    capabilities.ranges === 'probe' ? 'tried' : capabilities.ranges,
  Delete: has('remove'),
  'Rename and move': has('move'),
  Copy: has('copy'),
  'New folder': has('createFolder'),
  'Read, write metadata': ({ readMetadata, writeMetadata }) => `${yes(readMetadata)}, ${yes(writeMetadata)}`,
  'Signed link': has('signedLink'),
  'Import from a URL': has('importFromUrl'),
  'Archive made by the platform': has('archive'),
  Containers: ({ containers }) => containers?.word ?? 'no',
  'Create, edit, delete containers': ({ containers }) =>
    containers ? [containers.create, containers.update, containers.remove].map(yes).join(', ') : 'no',
  Publish: has('publish'),
  'Find and end unfinished uploads': has('listUnfinishedUploads'),
  'Tells its health': has('health'),
  'Checksums it may report': ({ capabilities }) => capabilities.checksums.join(', ') || 'no',
};

export function capabilityTable(): string {
  const names = Object.keys(adapters);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...names]),
    line(['---', ...names.map(() => '---')]),
    ...Object.entries(rows).map(([row, cell]) => line([row, ...names.map(name => cell(adapters[name]!))])),
  ].join('\n');
}

const readme = fileURLToPath(new URL('../../README.md', import.meta.url));
const marks = /<!-- capabilities:(?:start|end) -->/;

/** The table as README.md has it now. */
export function writtenTable(): string | undefined {
  return readFileSync(readme, 'utf8').split(marks)[1]?.trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [before, , after] = readFileSync(readme, 'utf8').split(marks);
  if (after === undefined) throw new Error('README.md has no place for the table.');
  writeFileSync(
    readme,
    `${before}<!-- capabilities:start -->\n\n${capabilityTable()}\n\n<!-- capabilities:end -->${after}`,
  );
}
