/**
 * The suite of the adapter contract. Every adapter runs it against its platform, or the platform's stand-in; what an
 * adapter does not offer must be absent, and what it offers must work with hostile names, empty files, thousands of
 * entries, wrong credentials and aborts.
 */
import {
  type Adapter,
  type Container,
  type ContainerInput,
  type Containers,
  can,
} from '../../src/adapters/adapter.js';
import { equal, ok, type Skipped } from './check.js';
import { describeExtras } from './extras.js';
import { describeFailures } from './failures.js';
import { describeListing } from './listing.js';
import { describeMetadata } from './metadata.js';
import { describeOperations } from './operations.js';
import { describeParts } from './parts.js';
import { describeStatuses } from './statuses.js';
import { describeUploads } from './uploads.js';

/** A storage for one group of tests, empty at the beginning. */
export interface AdapterUnderTest {
  readonly adapter: Adapter;
  /** What the storage holds, read around the adapter; undefined when there is nothing. */
  stored(path: string): Promise<Uint8Array | undefined>;
  /** SHA-256 of that, in hexadecimal, where moving large files to the test would take too long. */
  storedDigest?(path: string): Promise<string | null>;
  /** Makes a URL that the platform can fetch this text from. Needed for `importFromUrl`. */
  importable?(text: string): Promise<string>;
  /** The platform's API answers its next request with this status. Absent where there is no such API. */
  answerNext?(status: number, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** All tokens that were given out end now. */
  endTokens?(): Promise<void>;
  close?(): Promise<void>;
}

/** The test runner: Mocha in browsers, `node:test` in Node. */
export interface Runner {
  describe(title: string, body: () => void): void;
  /** A test whose body gives back a reason was skipped for it. */
  it(title: string, body: () => Promise<void | Skipped>): void;
  before(body: () => Promise<void>): void;
  after(body: () => Promise<void>): void;
}

export interface ContractOptions {
  readonly runner: Runner;
  create(): Promise<AdapterUnderTest>;
  /** Functions of the contract that the adapter must have; all others must be absent. */
  readonly functions: readonly (keyof Adapter)[];
  /** Names that the platform cannot keep, each with the reason. */
  readonly impossibleNames?: Readonly<Record<string, string>>;
  /** What a page may see and change of metadata; of none, why. */
  readonly metadata: 'all' | 'tags' | { readonly none: string };
  /** The containers of the platform; absent where there is only the one. */
  readonly containers?: {
    readonly word: string;
    /** Functions it must have; the others must be absent. */
    readonly functions: readonly Exclude<keyof Containers, 'word' | 'current' | 'fields'>[];
    /** Creates one; absent where that is impossible. */
    readonly create?: ContainerInput;
    readonly update?: {
      readonly input: ContainerInput;
      read(container: Container): unknown;
      readonly expected: unknown;
    };
  };
  /** What `archive` packs: a folder, or only everything. Default `folder`. */
  readonly archives?: 'folder' | 'everything';
  /** Whether folders on the way to a made folder stay when that one is deleted, as on a disk. Default false. */
  readonly keepsEmptyParents?: boolean;
  /** Whether the storage reports the checksums it is given. */
  readonly reportsChecksums: boolean;
  /** Size in bytes of the largest file that is stored and read back. Default: none beyond a few MiB. */
  readonly largeFile?: number;
  /** How many entries the long listing has. Default 3,000. */
  readonly manyEntries?: number;
  /** Why there are fewer. */
  readonly fewerBecause?: string;
  /** Changes that nothing can stop once they have begun: they tell what they did. */
  readonly cannotStop?: readonly string[];
  /** Adapters that must be refused, by the reasons they may be refused for. */
  readonly refused?: readonly {
    readonly title: string;
    readonly reasons: readonly string[];
    /** Words that must not show anywhere in the error. */
    readonly secrets: readonly string[];
    create(): Promise<AdapterUnderTest>;
  }[];
}

/** What each group of tests gets: the storage of the group. */
export type Current = () => AdapterUnderTest;

const FUNCTIONS: readonly (keyof Adapter)[] = [
  'list',
  'stat',
  'openUpload',
  'reopenUpload',
  'resolveDownload',
  'remove',
  'move',
  'copy',
  'createFolder',
  'readMetadata',
  'writeMetadata',
  'signedLink',
  'listUnfinishedUploads',
  'abortUnfinishedUpload',
  'importFromUrl',
  'archive',
  'publish',
  'health',
];

export function describeAdapter(name: string, options: ContractOptions): void {
  const { describe, it, before, after } = options.runner;

  /** One storage for the tests of a group. */
  function group(title: string, body: (current: Current) => void): void {
    describe(title, () => {
      let current: AdapterUnderTest | undefined;
      before(async () => {
        current = await options.create();
      });
      after(async () => {
        await current?.close?.();
      });
      body(() => current!);
    });
  }

  describe(`the adapter contract: ${name}`, () => {
    group('what it says of itself', current => {
      it('has the functions it can offer, and no others', async () => {
        const { adapter } = current();
        const present = FUNCTIONS.filter(key => typeof adapter[key] === 'function');
        equal(present.toSorted(), options.functions.toSorted(), 'the functions of the adapter');
        equal(can(adapter, 'rename'), typeof adapter.move === 'function', 'can(rename)');
      });

      it('has a name, a label and capabilities that are plain data', async () => {
        const { name: short, label, capabilities } = current().adapter;
        ok(/^[a-z][a-z0-9-]*$/.test(short), `the name “${short}”`);
        ok(label.length > 0, 'the label is empty');
        const copy = JSON.parse(JSON.stringify(capabilities)) as typeof capabilities;
        equal(copy, capabilities, 'capabilities that do not survive JSON');
        equal(capabilities.uploadPlans.length > 0, Boolean(current().adapter.openUpload), 'uploadPlans');
      });

      if (options.functions.includes('health')) {
        it('is in good health', async () => {
          await current().adapter.health!({ signal: new AbortController().signal });
        });
      }
    });
    describeUploads(group, options);
    describeListing(group, options);
    describeParts(group, options);
    describeOperations(group, options);
    describeMetadata(group, options);
    describeExtras(group, options);
    describeFailures(group, options);
    describeStatuses(group, options);
  });
}

export type Group = (title: string, body: (current: Current) => void) => void;
