/** Every way in which a platform's adapter sends and fetches bytes, with where they go by. */
import type { Adapter, UploadPlan } from '../../../src/adapters/adapter.js';
import { deepLake } from '../../../src/adapters/deep-lake/index.js';
import { deepOrigin } from '../../../src/adapters/deep-origin/index.js';
import { invenio } from '../../../src/adapters/invenio/index.js';
import { smartsBio } from '../../../src/adapters/smarts-bio/index.js';
import { ubiops } from '../../../src/adapters/ubiops/index.js';
import { withPaths } from '../../contract/deep-lake-contract.js';
import { MiB } from '../uploads.js';

export type Platform = 'deep-origin' | 'smarts-bio' | 'invenio' | 'deep-lake' | 'ubiops';

/** Requests that a rule can hit: at the platform's API, or at the storage behind it. */
export interface Spot {
  readonly at: 'api' | 'storage';
  readonly operation: string;
}

export interface Opened {
  readonly adapter: Adapter;
  /** What the stand-in's `stored` is asked for, of a path. */
  stored(path: string): readonly unknown[];
}

export interface Way {
  readonly title: string;
  readonly platform: Platform;
  readonly plan: UploadPlan['kind'];
  readonly quirks?: object;
  readonly size: number;
  /** The platform has no call that lists or ends an upload that was begun: what is left of one stays. Default false. */
  readonly keepsUnfinished?: boolean;
  /** What carries the bytes up. */
  readonly carrier: Spot;
  /** Calls around it, in order. */
  readonly control: readonly Spot[];
  /** What carries them down. */
  readonly download: Spot;
  open(info: Readonly<Record<string, string>>, getToken: () => string): Opened;
}

const api = (operation: string): Spot => ({ at: 'api', operation });
const storage = (operation: string): Spot => ({ at: 'storage', operation });

const single = 3 * MiB;
const inParts = 21 * MiB;

const deepOriginBy =
  (uploads: 'form' | 'signed'): Way['open'] =>
  ({ baseUrl, orgKey }, getToken) => ({
    adapter: deepOrigin({ baseUrl: baseUrl!, orgKey: orgKey!, getToken, uploads }),
    stored: path => [path],
  });
const smartsBioBy =
  (presignAbove: number): Way['open'] =>
  ({ baseUrl, workspaceId }, getToken) => ({
    adapter: smartsBio({ baseUrl: baseUrl!, workspaceId: workspaceId!, getToken, presignAbove }),
    stored: path => [path],
  });
const invenioBy: Way['open'] = ({ baseUrl, record }, getToken) => ({
  adapter: invenio({ baseUrl: baseUrl!, record: record!, getToken, ranges: 'yes', partsFrom: 10 * MiB }),
  stored: path => [record, path],
});
const ubiopsBy: Way['open'] = ({ baseUrl, project }, getToken) => ({
  adapter: ubiops({ baseUrl: baseUrl!, project: project!, bucket: 'default', getToken, partsFrom: 10 * MiB }),
  stored: path => ['default', path],
});

export const ways: readonly Way[] = [
  {
    title: 'Deep Origin, form',
    platform: 'deep-origin',
    plan: 'form',
    size: single,
    carrier: api('upload'),
    control: [],
    download: storage('GetObject'),
    open: deepOriginBy('form'),
  },
  {
    title: 'Deep Origin, signed URL',
    platform: 'deep-origin',
    plan: 'request',
    size: single,
    carrier: storage('PutObject'),
    control: [api('signedUrl')],
    download: storage('GetObject'),
    open: deepOriginBy('signed'),
  },
  {
    title: 'smarts.bio, form',
    platform: 'smarts-bio',
    plan: 'form',
    size: single,
    carrier: api('upload'),
    control: [],
    download: storage('GetObject'),
    open: smartsBioBy(10 * MiB),
  },
  {
    title: 'smarts.bio, signed URL',
    platform: 'smarts-bio',
    plan: 'request',
    size: single,
    carrier: storage('PutObject'),
    control: [api('upload-url'), api('upload-confirm')],
    download: storage('GetObject'),
    open: smartsBioBy(MiB),
  },
  {
    title: 'InvenioRDM, content behind the API',
    platform: 'invenio',
    plan: 'request',
    quirks: { storage: 'local+range' },
    size: single,
    carrier: api('send'),
    control: [api('announce'), api('commit')],
    download: api('content'),
    open: invenioBy,
  },
  {
    title: 'InvenioRDM, parts in an object storage',
    platform: 'invenio',
    plan: 'parts',
    quirks: { storage: 's3' },
    size: inParts,
    carrier: storage('UploadPart'),
    control: [api('announce'), api('commit')],
    download: storage('GetObject'),
    open: invenioBy,
  },
  {
    title: 'Deep Lake, form',
    platform: 'deep-lake',
    plan: 'form',
    size: single,
    carrier: api('upload'),
    control: [],
    download: api('download'),
    open({ baseUrl, workspace, orgId }, getToken) {
      const { adapter, idOf } = withPaths(
        deepLake({ baseUrl: baseUrl!, workspace: workspace!, orgId: orgId!, getToken }),
      );
      return { adapter, stored: path => [idOf(path)] };
    },
  },
  {
    title: 'UbiOps, signed URL',
    platform: 'ubiops',
    plan: 'request',
    size: single,
    carrier: storage('PutObject'),
    control: [api('filesUpload')],
    download: storage('GetObject'),
    open: ubiopsBy,
  },
  {
    title: 'UbiOps, parts',
    keepsUnfinished: true,
    platform: 'ubiops',
    plan: 'parts',
    size: inParts,
    carrier: storage('UploadPart'),
    control: [api('filesStartMultipartUpload'), api('filesUpload'), api('filesCompleteMultipartUpload')],
    download: storage('GetObject'),
    open: ubiopsBy,
  },
];

/** How long answers are waited for at imports: the adapters' own patience goes by real time. Milliseconds. */
const importTimeout = 1_500;

/** Where the platform fetches a URL by itself: `carrier` begins it, `control` asks how far it is. */
export const imports: readonly Way[] = [
  {
    title: 'Deep Origin, import',
    platform: 'deep-origin',
    plan: 'import',
    size: 0,
    carrier: api('import'),
    control: [],
    download: storage('GetObject'),
    open({ baseUrl, orgKey }, getToken) {
      const waits = { timeout: importTimeout, importTimeout };
      return {
        adapter: deepOrigin({ baseUrl: baseUrl!, orgKey: orgKey!, getToken, ...waits }),
        stored: path => [path],
      };
    },
  },
  {
    title: 'InvenioRDM, import',
    platform: 'invenio',
    plan: 'import',
    quirks: { remoteForPeople: true, fetchHosts: ['data.example.org', 'nowhere.example'], fetchPolls: 4 },
    size: 0,
    carrier: api('announce'),
    control: [api('read')],
    download: api('content'),
    open: ({ baseUrl, record }, getToken) => ({
      adapter: invenio({ baseUrl: baseUrl!, record: record!, getToken, timeout: importTimeout }),
      stored: path => [record, path],
    }),
  },
];
