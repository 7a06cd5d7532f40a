/** The buckets of a project, as containers. Their names are their ids: the API's paths know no other. */
import type { CallOptions, Container, ContainerInput, Containers } from '../adapter.js';
import { readJson } from '../http.js';
import { BUCKET_FIELDS, bucketBody, fieldValues, isObject } from './bucket-fields.js';
import { asObject, numberOf, textOf, timeOf, type UbiOpsClient, unexpected } from './client.js';
import { invalid } from './errors.js';

export type BucketCalls = Required<
  Pick<Containers, 'list' | 'read' | 'fields' | 'create' | 'update' | 'remove'>
>;

export function bucketCalls(client: UbiOpsClient): BucketCalls {
  async function read(id: string, { signal }: CallOptions): Promise<Record<string, unknown>> {
    return client.callJson('GET', client.bucketPath(id), { signal, again: true });
  }

  return {
    fields: BUCKET_FIELDS,

    /** Every bucket with at least one of the labels; the platform has no pages of buckets. */
    async list({ signal, labels, query }) {
      const response = await client.call('GET', client.bucketsPath, {
        signal,
        again: true,
        query: { labels: labelFilter(labels) },
      });
      const buckets = readJson(response, 'UbiOps');
      if (!Array.isArray(buckets)) throw unexpected('no list of buckets');
      const word = query?.trim().toLowerCase() ?? '';
      const containers = buckets
        .map(bucket => containerOf(asObject(bucket)))
        .filter(({ name, description = '' }) => `${name}\n${description}`.toLowerCase().includes(word));
      return { containers };
    },

    read: async (id, call) => containerOf(await read(id, call)),

    /** Sent once: a repeated creation whose answer was lost would find its own name taken. */
    async create(input: ContainerInput, { signal }) {
      const json = bucketBody(input);
      return containerOf(await client.callJson('POST', client.bucketsPath, { signal, json }));
    },

    async update(id, input, { signal }) {
      const bucket = await read(id, { signal });
      const json = bucketBody(input, {
        provider: textOf(bucket.provider) ?? 'ubiops',
        configuration: isObject(bucket.configuration) ? bucket.configuration : {},
      });
      if (Object.keys(json).length === 0) return containerOf(bucket);
      return containerOf(
        await client.callJson('PATCH', client.bucketPath(id), { signal, json, again: true }),
      );
    },

    /** With the files in it where UbiOps holds them itself; elsewhere only the connection goes, the files stay. */
    async remove(id, { signal }) {
      await client.call('DELETE', client.bucketPath(id), { signal });
    },
  };
}

/** Credentials, which the answer to a creation repeats, are left out. */
function containerOf(bucket: Record<string, unknown>): Container {
  const name = textOf(bucket.name);
  if (name === undefined) throw unexpected('a bucket without a name');
  const description = textOf(bucket.description);
  const created = timeOf(bucket.creation_date);
  const size = numberOf(bucket.size);
  const provider = textOf(bucket.provider) ?? 'ubiops';
  const { labels, ttl: _ttl, ...values } = fieldValues(bucket);
  return {
    id: name,
    name,
    ...(description === undefined ? {} : { description }),
    ...(isObject(labels) ? { labels: labels as Record<string, string> } : {}),
    ...(created === undefined ? {} : { created }),
    ...(size === undefined ? {} : { size }),
    ...(provider === 'ubiops' ? {} : { removalKeepsFiles: true }),
    extra: {
      ...values,
      ...(textOf(bucket.id) === undefined ? {} : { uuid: bucket.id }),
      ...(textOf(bucket.project) === undefined ? {} : { project: bucket.project }),
      provider,
      configuration: isObject(bucket.configuration) ? bucket.configuration : {},
      ttl: numberOf(bucket.ttl) ?? null,
      ...timeExtra('updated', bucket.last_updated),
      ...timeExtra('sizeMeasured', bucket.size_measurement_date),
    },
  };
}

function timeExtra(name: string, value: unknown): Record<string, number> {
  const time = timeOf(value);
  return time === undefined ? {} : { [name]: time };
}

/** @throws TransferError (`invalid-input`) for labels that the filter's own signs would tear apart. */
function labelFilter(labels: Readonly<Record<string, string>> = {}): string | undefined {
  const pairs = Object.entries(labels);
  if (pairs.some(([name, value]) => /[:,]/.test(name) || value.includes(','))) {
    throw invalid('UbiOps cannot filter by labels with a comma, or with a colon in their name.');
  }
  return pairs.length > 0 ? pairs.map(([name, value]) => `${name}:${value}`).join(',') : undefined;
}
