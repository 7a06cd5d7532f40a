/**
 * What the network and the storage may do to one upload, whoever makes it. The file must arrive whole each time. The
 * numbers are those of the situations that were tried on @uppy/aws-s3 6.3.1; rows without one are ours.
 */
import type { LocalStore } from '../tools/local-store.js';
import { CARRIER, MiB, type PlanKind, until } from './uploads.js';

/** What a row may touch. */
export interface Place {
  readonly plan: PlanKind;
  readonly store: LocalStore;
  /** Bytes handed to connections so far. */
  sent(): number;
  /** Milliseconds since 1970, as the uploader sees time. */
  now(): number;
  /** Waits so many of the uploader's milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

export interface NetworkRow {
  readonly situation: string;
  /** Default: all. */
  readonly plans?: readonly PlanKind[];
  /** Before the upload starts. */
  before?(place: Place): Promise<unknown>;
  /** While it is under way. */
  during?(place: Place): Promise<unknown>;
  /** Returns what did not hold, beside the file itself. */
  after?(place: Place): Promise<string | undefined>;
}

/** A rule that fails the next requests that carry this plan's bytes. */
const failCarrier =
  (rule: Parameters<LocalStore['failNext']>[0]): NonNullable<NetworkRow['before']> =>
  ({ store, plan }) =>
    store.failNext({ operation: CARRIER[plan], ...rule });

const failComplete =
  (rule: Parameters<LocalStore['failNext']>[0]): NonNullable<NetworkRow['before']> =>
  ({ store, plan }) =>
    store.failNext({ operation: plan === 'parts' ? 'CompleteMultipartUpload' : CARRIER[plan], ...rule });

/** Slows the network down, waits until some of the file is on its way, does what is to be done, and makes it fast again. */
const midway =
  (act: (place: Place) => Promise<unknown>): NonNullable<NetworkRow['during']> =>
  async place => {
    await until(() => place.sent() > 512 * 1024, 'half a MiB sent');
    await act(place);
    await place.store.setWeather({ bytesPerSecond: 0 });
  };
const slowly: NonNullable<NetworkRow['before']> = ({ store }) =>
  store.setWeather({ bytesPerSecond: 4 * MiB });

export const networkRows: readonly NetworkRow[] = [
  {
    situation: '1: each answer takes 100 ms, and at least four parts are on their way at once',
    plans: ['parts'],
    before: ({ store }) => store.setFaults({ delay: 100 }),
    async after({ store }) {
      const { maxInFlight } = await store.stats();
      const most = maxInFlight.UploadPart ?? 0;
      return most >= 4 ? undefined : `at most ${most} at once`;
    },
  },
  {
    situation: '2: the server takes the body and never answers',
    before: failCarrier({ stall: 'after' }),
  },
  {
    situation: '3: the socket stops reading in the middle of the body',
    before: failCarrier({ stall: 'request', stallAfterBytes: MiB }),
  },
  {
    situation: '4: 503 with Retry-After: 5, four times',
    before: failCarrier({ status: 503, retryAfter: 5, times: 4 }),
  },
  {
    situation: '4b: 429 with Retry-After as a date',
    before: place =>
      failCarrier({ status: 429, retryAfter: new Date(place.now() + 3_000).toUTCString() })(place),
  },
  {
    situation: '5: nobody is reached for three seconds, though the browser says online',
    before: slowly,
    during: midway(async ({ store, pause }) => {
      await store.setWeather({ mode: 'refuse' });
      await pause(3_000);
      await store.setWeather({ mode: 'pass' });
    }),
  },
  {
    situation: '5b: the connection is reset after 1.5 MiB, five times over',
    before: failCarrier({ resetAfterBytesIn: 1.5 * MiB, times: 5 }),
  },
  {
    situation: '7: a presigned URL has expired',
    before: failCarrier({ status: 403, code: 'AccessDenied', message: 'Request has expired' }),
  },
  {
    situation: '10: the upload id is gone in the middle',
    plans: ['parts'],
    before: failCarrier({ skip: 3, times: 1, status: 404, code: 'NoSuchUpload' }),
  },
  {
    situation: '11: all is done, and the answer that says so is lost',
    before: failComplete({ loseAnswer: true }),
  },
  {
    situation: '11b: all is done, the answer is lost, and the storage knows the upload id no more',
    plans: ['parts'],
    async before({ store }) {
      const operation = 'CompleteMultipartUpload';
      await store.failNext({ operation, loseAnswer: true });
      await store.failNext({ operation, skip: 1, times: 9, status: 404, code: 'NoSuchUpload' });
    },
  },
  {
    situation: '12: Complete answers 200 with an error in its body',
    plans: ['parts'],
    before: failComplete({ errorInBody: true }),
  },
  {
    situation: '12b: Complete answers 500, twice',
    plans: ['parts'],
    before: failComplete({ status: 500, times: 2 }),
  },
  {
    situation: '16: the connection is cut in the middle of the body',
    before: slowly,
    during: midway(({ store }) => store.resetConnections()),
  },
  {
    situation: 'the ETag cannot be read',
    before: ({ store }) => store.setFaults({ hideETag: true }),
  },
  {
    situation: 'the network swallows everything for forty seconds',
    before: slowly,
    during: midway(async ({ store, pause }) => {
      await store.setWeather({ mode: 'black-hole' });
      await pause(40_000);
      await store.setWeather({ mode: 'pass' });
    }),
  },
];
