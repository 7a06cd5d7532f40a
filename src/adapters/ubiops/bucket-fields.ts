/** The form of a bucket, and what its values are on the wire. */
import type { ContainerField, ContainerInput } from '../adapter.js';
import { invalid } from './errors.js';
import type { UbiOpsProvider } from './storage.js';

/** Lifetimes are whole weeks. Seconds. */
export const WEEK = 604_800;
const LONGEST_NAME = 64;
const LONGEST_DESCRIPTION = 400;

const PROVIDERS: readonly UbiOpsProvider[] = [
  'ubiops',
  'google_cloud_storage',
  'amazon_s3',
  'azure_blob_storage',
];
const S3 = ['amazon_s3'];
const GOOGLE = ['google_cloud_storage'];
const AZURE = ['azure_blob_storage'];

interface BucketField extends ContainerField {
  /** Object of the wire that holds the value; absent: the bucket itself. */
  readonly in?: 'credentials' | 'configuration';
}

const only = (is: readonly string[]) => ({ when: { field: 'provider', is } });

const FIELDS: readonly BucketField[] = [
  {
    name: 'name',
    label: 'Name',
    type: 'text',
    required: true,
    editable: false,
    hint: 'At most 64 characters. It cannot be changed later.',
  },
  {
    name: 'provider',
    label: 'Storage',
    type: 'choice',
    choices: PROVIDERS,
    editable: false,
    hint: 'Who holds the files: UbiOps itself, or a bucket or container of yours. It cannot be changed later.',
  },
  { name: 'access_key', label: 'Access key', type: 'secret', required: true, in: 'credentials', ...only(S3) },
  { name: 'secret_key', label: 'Secret key', type: 'secret', required: true, in: 'credentials', ...only(S3) },
  {
    name: 'connection_string',
    label: 'Connection string',
    type: 'secret',
    required: true,
    in: 'credentials',
    hint: 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net',
    ...only(AZURE),
  },
  {
    name: 'json_key_file',
    label: 'Key file (JSON)',
    type: 'secret',
    required: true,
    in: 'credentials',
    hint: 'The content of the service account’s key file.',
    ...only(GOOGLE),
  },
  {
    name: 'bucket',
    label: 'Bucket at the provider',
    type: 'text',
    required: true,
    in: 'configuration',
    ...only([...S3, ...GOOGLE]),
  },
  {
    name: 'container',
    label: 'Container',
    type: 'text',
    required: true,
    in: 'configuration',
    ...only(AZURE),
  },
  {
    name: 'prefix',
    label: 'Prefix',
    type: 'text',
    in: 'configuration',
    hint: 'Only what is below it is shown and written. It ends in “/”.',
    ...only([...S3, ...GOOGLE, ...AZURE]),
  },
  {
    name: 'region',
    label: 'Region',
    type: 'text',
    in: 'configuration',
    hint: 'A region or an endpoint is needed.',
    ...only(S3),
  },
  { name: 'endpoint_url', label: 'Endpoint', type: 'text', in: 'configuration', ...only(S3) },
  { name: 'signature_version', label: 'Signature version', type: 'text', in: 'configuration', ...only(S3) },
  {
    name: 'verify',
    label: 'Verify certificates',
    type: 'choice',
    choices: ['true', 'false'],
    in: 'configuration',
    ...only(S3),
  },
  {
    name: 'use_ssl',
    label: 'Use TLS',
    type: 'choice',
    choices: ['true', 'false'],
    in: 'configuration',
    ...only(S3),
  },
  { name: 'description', label: 'Description', type: 'multiline', hint: 'At most 400 characters.' },
  { name: 'labels', label: 'Labels', type: 'labels' },
  {
    name: 'weeks',
    label: 'Weeks until files are deleted',
    type: 'number',
    hint: 'Counted for each file from its creation. Empty: files are kept.',
  },
];

/** The fields as the contract has them. */
export const BUCKET_FIELDS: readonly ContainerField[] = FIELDS.map(({ in: _in, ...field }) => field);

type Json = Record<string, unknown>;

/**
 * The body of a create (no `known`) or an update. Beside the fields it takes the wire's own `credentials`,
 * `configuration` and `ttl` (seconds).
 *
 * @throws TransferError (`invalid-input`) for what UbiOps would refuse.
 */
export function bucketBody(
  input: ContainerInput,
  known?: { readonly provider: string; readonly configuration: Json },
): Json {
  checkNames(input, known !== undefined);
  const provider = known?.provider ?? (given(input.provider) ? String(input.provider) : 'ubiops');
  if (!known && !PROVIDERS.includes(provider as UbiOpsProvider)) {
    throw invalid(`UbiOps does not know the storage “${provider}”. Choose one of: ${PROVIDERS.join(', ')}.`);
  }
  const body: Json = {};
  if (!known) Object.assign(body, { name: nameOf(input.name), provider });
  const credentials = objectOf('credentials', input, provider);
  const configuration = objectOf('configuration', input, provider, known?.configuration);
  if (!known || Object.keys(credentials).length > 0) {
    requireAll('credentials', credentials, provider);
    body.credentials = credentials;
  }
  if (!known || touches('configuration', input)) {
    requireAll('configuration', configuration, provider);
    body.configuration = configuration;
  }
  if (input.description !== undefined) body.description = descriptionOf(input.description);
  if (input.labels !== undefined) body.labels = labelsOf(input.labels);
  if (input.weeks !== undefined || input.ttl !== undefined) body.ttl = lifetimeOf(input);
  return body;
}

/** What is shown of a bucket, by the names of the fields; the credentials are never among it. */
export function fieldValues(bucket: Json): Json {
  const configuration = isObject(bucket.configuration) ? bucket.configuration : {};
  const values: Json = {};
  for (const { name, in: place } of FIELDS) {
    const value = place === 'configuration' ? configuration[name] : place ? undefined : bucket[name];
    if (value !== undefined && value !== null) values[name] = value;
  }
  if (typeof bucket.ttl === 'number') values.weeks = bucket.ttl / WEEK;
  return values;
}

function checkNames(input: ContainerInput, update: boolean): void {
  const names = new Set([...FIELDS.map(field => field.name), 'credentials', 'configuration', 'ttl']);
  for (const [name, value] of Object.entries(input)) {
    if (!names.has(name)) throw invalid(`A bucket has no field “${name}”.`);
    if (update && value !== undefined && (name === 'name' || name === 'provider')) {
      throw invalid(`The ${name === 'name' ? 'name' : 'storage'} of a bucket cannot be changed.`);
    }
  }
}

function nameOf(value: unknown): string {
  const name = typeof value === 'string' ? value.trim() : '';
  if (name !== '' && name.length <= LONGEST_NAME) return name;
  throw invalid(`A bucket needs a name of 1 to ${LONGEST_NAME} characters.`);
}

function applies(field: BucketField, provider: string): boolean {
  return field.when === undefined || field.when.is.includes(provider);
}

function touches(place: 'credentials' | 'configuration', input: ContainerInput): boolean {
  return (
    input[place] !== undefined || FIELDS.some(field => field.in === place && input[field.name] !== undefined)
  );
}

function objectOf(
  place: 'credentials' | 'configuration',
  input: ContainerInput,
  provider: string,
  known: Json = {},
): Json {
  const whole = input[place];
  if (whole !== undefined && !isObject(whole)) throw invalid(`The ${place} must be an object.`);
  const result: Json = { ...(whole ?? known) };
  for (const field of FIELDS) {
    if (field.in !== place || !applies(field, provider)) continue;
    const value = input[field.name];
    if (value === undefined) continue;
    // An emptied field takes a setting away; an empty secret was left as it is.
    if (value === '' || value === null) {
      if (place === 'configuration') delete result[field.name];
    } else result[field.name] = value === 'true' ? true : value === 'false' ? false : value;
  }
  // All but the platform's own storage want a prefix, an empty one too.
  if (place === 'configuration' && provider !== 'ubiops') {
    const prefix = given(result.prefix) ? String(result.prefix) : '';
    result.prefix = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  }
  return result;
}

function requireAll(place: 'credentials' | 'configuration', values: Json, provider: string): void {
  for (const field of FIELDS) {
    if (field.in !== place || !field.required || !applies(field, provider)) continue;
    if (!given(values[field.name])) throw invalid(`A bucket at this storage needs: ${field.label}.`);
  }
  if (place === 'configuration' && provider === 'amazon_s3') {
    if (!given(values.region) && !given(values.endpoint_url)) {
      throw invalid('A bucket at Amazon S3 needs a region, or an endpoint.');
    }
  }
}

function descriptionOf(value: unknown): string {
  const text = value === null ? '' : String(value);
  if (text.length <= LONGEST_DESCRIPTION) return text;
  throw invalid(`The description is longer than ${LONGEST_DESCRIPTION} characters.`);
}

function labelsOf(value: unknown): Json {
  if (!isObject(value ?? {})) throw invalid('The labels must be names with one value each.');
  return Object.fromEntries(
    Object.entries((value ?? {}) as Json).map(([name, text]) => {
      if (name === '') throw invalid('A label needs a name.');
      return [name, String(text)];
    }),
  );
}

function lifetimeOf({ weeks, ttl }: ContainerInput): number | null {
  const value = weeks !== undefined ? weeks : ttl;
  if (!given(value)) return null;
  const seconds = Number(value) * (weeks !== undefined ? WEEK : 1);
  if (Number.isInteger(seconds) && seconds > 0 && seconds % WEEK === 0) return seconds;
  throw invalid(
    'Files can be kept for a whole number of weeks (a multiple of 604,800 seconds), or for ever: then leave the field empty.',
  );
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
