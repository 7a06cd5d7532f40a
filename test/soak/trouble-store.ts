/** What may happen at the store, and at the signer in front of it. */
import { AwsClient } from 'aws4fetch';
import type { FaultRule } from '../../demo/server/store/index.js';
import { credentials } from './servers.js';
import { type Cause, type CauseParts, ruleLife } from './trouble-cause.js';

const KiB = 1024;

export function storeCauses({ servers, random, after, seconds: some }: CauseParts): Cause[] {
  const { store, signerFaults } = servers;
  const { faults } = store;
  const carriers = ['PutObject', 'PostObject', 'UploadPart'];
  const rule = (kind: string, weight: number, make: () => FaultRule): Cause => ({
    kind: `store: ${kind}`,
    weight,
    begin: () => {
      const added = faults.failNext({ skip: random.whole(0, 3), times: random.whole(1, 5), ...make() });
      return after(ruleLife, () => {
        faults.rules = faults.rules.filter(other => other !== added);
      });
    },
  });
  const switched = (
    kind: string,
    weight: number,
    seconds: [number, number],
    on: () => void,
    off: () => void,
  ) => ({
    kind: `store: ${kind}`,
    weight,
    begin: () => {
      on();
      return after(some(...seconds), off);
    },
  });
  const any = [
    ...carriers,
    'CreateMultipartUpload',
    'CompleteMultipartUpload',
    'ListParts',
    'HeadObject',
    'GetObject',
  ];
  return [
    rule('503 with Retry-After', 4, () => ({
      status: 503,
      retryAfter: random.whole(1, 4),
      operation: random.pick(any),
    })),
    rule('429', 2, () => ({ status: 429, retryAfter: random.whole(1, 3), operation: random.pick(any) })),
    rule('500 after the body', 3, () => ({
      status: 500,
      afterBody: true,
      operation: random.pick(carriers),
    })),
    rule('500 on Complete', 3, () => ({ status: 500, operation: 'CompleteMultipartUpload' })),
    rule('Complete 200 with an error', 4, () => ({
      errorInBody: true,
      operation: 'CompleteMultipartUpload',
    })),
    rule('answer lost', 6, () => ({
      loseAnswer: true,
      operation: random.pick([
        ...carriers,
        'CompleteMultipartUpload',
        'CompleteMultipartUpload',
        'AbortMultipartUpload',
      ]),
    })),
    rule('answer to Create lost', 1, () => ({
      loseAnswer: true,
      operation: 'CreateMultipartUpload',
      times: 1,
    })),
    rule('goes silent', 4, () => ({
      stall: random.pick(['before', 'request', 'after'] as const),
      stallAfterBytes: random.whole(0, 3000) * KiB,
      stallFor: some(2, 45),
      operation: random.pick([...carriers, 'CompleteMultipartUpload', 'HeadObject']),
    })),
    rule('goes silent in a download', 2, () => ({
      stall: 'response',
      stallAfterBytes: random.whole(0, 2000) * KiB,
      stallFor: some(2, 45),
      operation: 'GetObject',
    })),
    rule('cuts within the body', 4, () => ({
      resetAfterBytesIn: random.whole(0, 3000) * KiB,
      operation: random.pick(carriers),
    })),
    rule('cuts within the answer', 3, () => ({
      resetAfterBytesOut: random.whole(0, 3000) * KiB,
      operation: 'GetObject',
    })),
    rule('slow', 2, () => ({ bytesPerSecond: random.whole(30, 400) * KiB })),
    rule('late', 2, () => ({ delay: random.whole(100, 6000) })),
    rule('wrong checksum', 1.5, () => ({
      wrongChecksum: true,
      operation: random.pick([...carriers, 'CompleteMultipartUpload', 'HeadObject']),
      times: random.whole(1, 2),
    })),
    rule('no ranges', 1, () => ({ ignoreRange: true, operation: 'GetObject' })),
    switched(
      'URLs expire',
      3,
      [0.5, 4],
      () => (faults.expireEarly = 86_400_000),
      () => (faults.expireEarly = 0),
    ),
    switched(
      'ETag hidden',
      2,
      [1, 6],
      () => (faults.hideETag = true),
      () => (faults.hideETag = false),
    ),
    switched(
      'errors without CORS',
      2,
      [2, 12],
      () => (faults.dropCors = 'errors'),
      () => (faults.dropCors = false),
    ),
    switched(
      'full',
      1,
      [0.3, 1.5],
      () => (faults.storeFull = true),
      () => (faults.storeFull = false),
    ),
    {
      kind: 'store: upload id dead',
      weight: 3,
      begin: async () => {
        const bucket = random.pick(['soak', 'soak', 'platform-ubiops']);
        const uploads = store.local.uploads(bucket);
        if (uploads.length === 0) return 0;
        const { key, uploadId } = random.pick(uploads);
        const client = new AwsClient({ ...credentials, region: store.region, service: 's3', retries: 0 });
        const path = key.split('/').map(encodeURIComponent).join('/');
        const url = `${store.endpoint}/${bucket}/${path}?uploadId=${encodeURIComponent(uploadId)}`;
        await client.fetch(url, { method: 'DELETE' }).catch(() => {});
        return 60_000;
      },
    },
    {
      kind: 'signer: refuses',
      weight: 3,
      begin: () => {
        signerFaults.status = random.pick([500, 502, 503]);
        signerFaults.times = random.whole(1, 6);
        return after(ruleLife, () => {
          signerFaults.times = 0;
        });
      },
    },
  ];
}
