/** The routes of a project's buckets. */
import type { Route } from '../shared/index.js';
import { changedBucket, describeBucket, labelMatcher, newBucket } from './buckets.js';
import { bodyOf, type Context } from './context.js';

const B = '/projects/:project/buckets';

export function bucketRoutes(context: Context): Route[] {
  const { authorize, bucketIn, clock, detail, project, save, state, storageOf } = context;
  return [
    {
      operation: 'bucketsList',
      method: 'GET',
      path: B,
      async handle(exchange) {
        authorize(exchange, 'bucket-read');
        const matches = labelMatcher(exchange.query.get('labels'));
        await exchange.json(
          200,
          state.buckets.filter(matches).map(bucket => describeBucket(bucket, project)),
        );
      },
    },
    {
      operation: 'bucketsCreate',
      method: 'POST',
      path: B,
      async handle(exchange) {
        authorize(exchange, 'bucket-write');
        const body = await bodyOf(exchange);
        const taken = (name: string) => state.buckets.some(bucket => bucket.name === name);
        const bucket = newBucket(body, taken, clock());
        state.buckets.push(bucket);
        save();
        const { id, name, project: owner, provider, ...rest } = describeBucket(bucket, project);
        await exchange.json(201, {
          id,
          name,
          project: owner,
          provider,
          credentials: bucket.credentials,
          ...rest,
        });
      },
    },
    {
      operation: 'bucketsGet',
      method: 'GET',
      path: `${B}/:bucket`,
      async handle(exchange) {
        authorize(exchange, 'bucket-read');
        await exchange.json(200, await detail(bucketIn(exchange)));
      },
    },
    {
      operation: 'bucketsUpdate',
      method: 'PATCH',
      path: `${B}/:bucket`,
      async handle(exchange) {
        authorize(exchange, 'bucket-write');
        const bucket = bucketIn(exchange);
        Object.assign(bucket, changedBucket(bucket, await bodyOf(exchange), clock()));
        save();
        await exchange.json(200, await detail(bucket));
      },
    },
    {
      operation: 'bucketsDelete',
      method: 'DELETE',
      path: `${B}/:bucket`,
      async handle(exchange) {
        authorize(exchange, 'bucket-write');
        const bucket = bucketIn(exchange);
        if (bucket.provider === 'ubiops') {
          for (const file of await storageOf(bucket).list('')) await storageOf(bucket).remove(file.name);
        }
        state.buckets = state.buckets.filter(other => other !== bucket);
        state.uploads = state.uploads.filter(upload => upload.bucketId !== bucket.id);
        save();
        await exchange.empty(204);
      },
    },
  ];
}
