/** Bucket records: what is accepted, and how they are shown. */
import { randomUUID } from 'node:crypto';
import { Refusal } from '../shared/index.js';
import type { BucketRecord, Provider } from './options.js';

const WEEK = 604_800;
const PROVIDERS: readonly Provider[] = ['ubiops', 'google_cloud_storage', 'amazon_s3', 'azure_blob_storage'];
const CREDENTIALS: Readonly<Record<Provider, readonly string[]>> = {
  ubiops: [],
  amazon_s3: ['access_key', 'secret_key'],
  azure_blob_storage: ['connection_string'],
  google_cloud_storage: ['json_key_file'],
};
const CONFIGURATION: Readonly<Record<Provider, readonly string[]>> = {
  ubiops: [],
  amazon_s3: ['bucket'],
  azure_blob_storage: ['container'],
  google_cloud_storage: ['bucket'],
};

type Json = Record<string, unknown>;

/** @throws Refusal 400 */
export function newBucket(body: Json, taken: (name: string) => boolean, now: number): BucketRecord {
  const { name, provider = 'ubiops' } = body;
  if (typeof name !== 'string' || name === '') throw bad('name: This field is required');
  if (name.length > 64) throw bad('name: Ensure this field has no more than 64 characters');
  if (taken(name)) throw bad(`Bucket with name ${name} already exists`);
  if (!PROVIDERS.includes(provider as Provider))
    throw bad(`provider: "${String(provider)}" is not a valid choice`);
  const known = provider as Provider;
  return {
    id: randomUUID(),
    name,
    provider: known,
    credentials: credentialsOf(known, body.credentials),
    configuration: configurationOf(known, body.configuration),
    description: descriptionOf(body.description ?? ''),
    labels: labelsOf(body.labels ?? {}),
    ttl: lifetimeOf(body.ttl ?? null),
    created: now,
    updated: now,
  };
}

/** Fields that cannot be changed (`name`, `provider`) are ignored, as unknown ones are. @throws Refusal 400 */
export function changedBucket(bucket: BucketRecord, body: Json, now: number): BucketRecord {
  const { provider } = bucket;
  return {
    ...bucket,
    ...(body.credentials === undefined ? {} : { credentials: credentialsOf(provider, body.credentials) }),
    ...(body.configuration === undefined
      ? {}
      : { configuration: configurationOf(provider, body.configuration) }),
    ...(body.description === undefined ? {} : { description: descriptionOf(body.description ?? '') }),
    ...(body.labels === undefined ? {} : { labels: labelsOf(body.labels ?? {}) }),
    ...(body.ttl === undefined ? {} : { ttl: lifetimeOf(body.ttl) }),
    updated: now,
  };
}

/** What a list shows of a bucket. */
export function describeBucket(bucket: BucketRecord, project: string): Json {
  const { id, name, provider, configuration, description, labels, ttl, created, updated } = bucket;
  return {
    id,
    name,
    project,
    provider,
    configuration,
    creation_date: microTime(created),
    last_updated: microTime(updated),
    labels,
    description,
    ttl,
  };
}

/** Whether a bucket has at least one of the labels. @throws Refusal 400 for a filter that is none. */
export function labelMatcher(filter: string | null): (bucket: BucketRecord) => boolean {
  if (filter === null || filter === '') return () => true;
  const pairs = filter.split(',').map(pair => {
    const colon = pair.indexOf(':');
    if (colon < 1) throw bad('labels: should be given in the format label:label_value');
    return [pair.slice(0, colon), pair.slice(colon + 1)] as const;
  });
  return ({ labels }) => pairs.some(([name, value]) => labels[name] === value);
}

/** ISO 8601 with microseconds, as Python's. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

export function bad(message: string): Refusal {
  return new Refusal(400, { message });
}

/** @throws Refusal 400 */
export function connectionString(text: string): { account: string; key: string } {
  const values = new Map(
    text.split(';').map(pair => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    }),
  );
  const account = values.get('AccountName');
  const key = values.get('AccountKey');
  if (account && key && /^[\w-]{1,64}$/.test(account)) return { account, key };
  throw bad('credentials: connection_string is not valid');
}

function credentialsOf(provider: Provider, value: unknown): Json {
  const credentials = objectOf(value ?? {}, 'credentials');
  for (const name of CREDENTIALS[provider]) {
    const given = credentials[name];
    const fits = name === 'json_key_file' ? isKeyFile(given) : typeof given === 'string' && given !== '';
    if (!fits) throw bad(`credentials: ${name} is required for provider ${provider}`);
  }
  if (provider === 'azure_blob_storage') connectionString(String(credentials.connection_string));
  return credentials;
}

function isKeyFile(value: unknown): boolean {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

function configurationOf(provider: Provider, value: unknown): Json {
  const configuration = { ...objectOf(value ?? {}, 'configuration') };
  for (const name of CONFIGURATION[provider]) {
    if (typeof configuration[name] !== 'string' || configuration[name] === '') {
      throw bad(`configuration: ${name} is required for provider ${provider}`);
    }
  }
  if (provider === 'ubiops') return configuration;
  const { prefix, region, endpoint_url: endpoint } = configuration;
  if (typeof prefix !== 'string') throw bad(`configuration: prefix is required for provider ${provider}`);
  if (provider === 'amazon_s3' && !region && !endpoint) {
    throw bad('configuration: region or endpoint_url is required for provider amazon_s3');
  }
  configuration.prefix = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return configuration;
}

function descriptionOf(value: unknown): string {
  if (typeof value !== 'string') throw bad('description: Not a valid string');
  if (value.length > 400) throw bad('description: Ensure this field has no more than 400 characters');
  return value;
}

function labelsOf(value: unknown): Record<string, string> {
  const labels = objectOf(value, 'labels');
  if (Object.values(labels).some(text => typeof text !== 'string'))
    throw bad('labels: values must be strings');
  return labels as Record<string, string>;
}

function lifetimeOf(value: unknown): number | null {
  if (value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value % WEEK === 0) return value;
  throw bad(`ttl: must be a multiple of ${WEEK} (1 week)`);
}

function objectOf(value: unknown, name: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw bad(`${name}: must be a dictionary`);
}
