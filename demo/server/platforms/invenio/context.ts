import { type Exchange, type KnownToken, Refusal, type StoredFiles, tokenOf } from '../shared/index.js';
import type { Area, Face, FileState, RecordState, RepositoryState } from './model.js';
import type { InvenioQuirks } from './options.js';

export interface Context {
  readonly state: RepositoryState;
  save(): void;
  readonly quirks: InvenioQuirks;
  readonly files: StoredFiles;
  readonly clock: () => number;
  /** `/api/records`, or that of the model. */
  readonly recordsPath: string;
  /** `/api/user/records`, or that of the model. */
  readonly userPath: string;
  readonly model: string | undefined;
  readonly sources: ReadonlyMap<string, string | Uint8Array | { error: string }>;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A record's face, and what the person may do with it. */
export interface Opened {
  readonly record: RecordState;
  readonly face: Face;
  readonly draft: boolean;
  readonly owner: boolean;
}

const denied = () => new Refusal(403, { message: 'Permission denied.' });
const gone = () => new Refusal(404, { message: 'The persistent identifier does not exist.' });

/** Who asks. @throws Refusal 401 for a token that is not, or no longer, one. */
export function personOf({ state, clock }: Context, exchange: Exchange): KnownToken | undefined {
  const given = tokenOf(exchange.header('authorization')) ?? exchange.query.get('access_token') ?? undefined;
  if (given === undefined && exchange.header('authorization') === undefined) return undefined;
  const known = state.tokens.find(({ token }) => token === given);
  if (!known || known.revoked || (known.expiresAt ?? Number.POSITIVE_INFINITY) <= clock()) {
    throw new Refusal(401, {
      message:
        "The server could not verify that you are authorized to access the URL requested. You either supplied the wrong credentials (e.g. a bad password), or your browser doesn't understand how to supply the credentials required.",
    });
  }
  return known;
}

/** Somebody with a token. @throws Refusal 401, 403 */
export function requirePerson(context: Context, exchange: Exchange): KnownToken {
  const person = personOf(context, exchange);
  if (!person) throw new Refusal(context.quirks.anonymousDraft, { message: 'Permission denied.' });
  return person;
}

/** The face of a record that a path names. @throws Refusal 404, 410, 401, 403 */
export function openRecord(context: Context, exchange: Exchange, draft: boolean): Opened {
  const person = personOf(context, exchange);
  const record = context.state.records[exchange.param('id')];
  if (record?.deleted) throw new Refusal(410, { message: 'The record has been deleted.' });
  const face = draft ? record?.draft : record?.published;
  if (!record || !face) throw gone();
  const owner = person?.subject === record.owner;
  return { record, face, draft, owner };
}

/** Whoever may read. Called after the existence of a file is known: 404 wins over 403. */
export function allowRead({ quirks }: Context, { draft, owner, face }: Opened, exchange: Exchange): void {
  const open = !draft && face.access.files !== 'restricted';
  if (owner || open) return;
  const anonymous = exchange.header('authorization') === undefined && !exchange.query.has('access_token');
  throw anonymous ? new Refusal(quirks.anonymousDraft, { message: 'Permission denied.' }) : denied();
}

export function allowChange(context: Context, opened: Opened, exchange: Exchange): void {
  allowRead(context, opened, exchange);
  if (!opened.owner) throw denied();
}

/** Published files are locked in place, also below an edited draft. */
export function allowFileChange(context: Context, opened: Opened, exchange: Exchange): void {
  allowChange(context, opened, exchange);
  if (opened.face.locked) throw denied();
}

/** The file a path names. @throws Refusal 404 */
export function fileOf({ record, face }: Opened, area: Area, key: string): FileState {
  const file = face.areas[area].find(candidate => candidate.key === key);
  if (file) return file;
  throw new Refusal(404, { message: `Record '${record.id}' has no file '${key}'.` });
}

/** @throws Refusal 406 when JSON is not what is wanted */
export function acceptsJson(exchange: Exchange): void {
  const accept = exchange.header('accept') ?? '*/*';
  if (/\*\/\*|application\/(?:\*|json|vnd\.inveniordm\.v1\+json)/i.test(accept)) return;
  throw new Refusal(406, {
    message: "Invalid 'Accept' header. Expected one of: application/json, application/vnd.inveniordm.v1+json",
  });
}

/** @throws Refusal 415, 400 */
export async function jsonBody(exchange: Exchange): Promise<unknown> {
  const type = exchange.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal(415, { message: "Invalid 'Content-Type' header. Expected one of: application/json" });
  }
  const text = await exchange.readText();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, { message: 'Unable to decode JSON data in request body.' });
  }
}

export function invalid(errors: readonly { field: string; messages: readonly string[] }[]): Refusal {
  return new Refusal(400, { message: 'A validation error occurred.', details: { errors } });
}

/** A failure that the real server does not catch. */
export function crash(): Refusal {
  return new Refusal(500, { message: 'Internal server error' });
}

/** The address the client used: links are absolute. */
export function originOf(exchange: Exchange): string {
  return `http://${exchange.header('host') ?? '127.0.0.1'}`;
}
