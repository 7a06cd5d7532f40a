import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ImportPlan } from '../adapter.js';
import type { DeepOriginClient } from './client.js';
import { etagOf } from './entries.js';
import { readApiError } from './errors.js';
import { stat } from './list.js';
import { encodePath, requireFilePath } from './paths.js';

/** Looks at a second's distance for what is stored already by then. */
const mostLooks = 60;

/** Milliseconds between two looks for what a server is still fetching. */
const slowLook = 5_000;

/**
 * The server fetches `source` into `path`. The one request is answered when everything is stored. When it is not answered
 * in time, the server may be at it still: it is not asked to fetch all of it once more, but looked after for as long
 * again. Where the answer was lost in another way, it is sent again, which does no harm, unless the file has arrived.
 */
export function importPlan(client: DeepOriginClient, path: string, source: string): ImportPlan {
  requireFilePath(path);
  encodePath(path);
  if (!URL.canParse(source) || !/^https?:$/.test(new URL(source).protocol)) {
    throw new TransferError('Only addresses that begin with https:// or http:// can be imported.', {
      kind: 'fatal',
      reason: 'invalid-input',
      path,
    });
  }
  let body: unknown;
  let looks = 0;
  const { importTimeout = 600_000 } = client.options;
  /** What was at the path before anything was sent. */
  let before: Entry | undefined;
  let begun = false;
  /** A request went out, and nobody knows what became of it. */
  let unanswered = false;
  /** Milliseconds of looking after a request that timed out; undefined when there is none. */
  let waited: number | undefined;
  const arrived = async (call: CallOptions): Promise<Entry | undefined> => {
    const entry = await stat(client, path, call);
    return entry && !isSame(entry, before) ? entry : undefined;
  };
  return {
    kind: 'import',
    readError: response => readApiError(response, path),
    async start(call) {
      looks = 0;
      waited = undefined;
      if (!begun) before = await stat(client, path, call);
      begun = true;
      if (unanswered && (await arrived(call))) return {};
      unanswered = true;
      try {
        body = await client.sendForJson(
          { method: 'POST', url: client.url(path), json: { url: source } },
          call,
          { path, timeout: importTimeout },
        );
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        if (isTooLate(error)) {
          waited = 0;
          return {};
        }
        unanswered = error.kind === 'retry' && error.status !== 502;
        throw error.status === 502 ? sourceError(path, error) : error;
      }
      unanswered = false;
      const etag = etagOf((body as { eTag?: unknown } | null)?.eTag);
      return etag === undefined ? {} : { etag };
    },
    async poll({ etag }, call) {
      const isLate = waited !== undefined;
      const entry = isLate ? await arrived(call) : await stat(client, path, call);
      if (!entry && isLate) {
        if (waited! >= importTimeout) throw neverEnded(path);
        const after = Math.min(slowLook, importTimeout);
        waited! += after;
        return { after };
      }
      if (!entry) {
        looks += 1;
        if (looks > mostLooks) throw neverShown(path);
        return { after: 1000 };
      }
      return {
        outcome: {
          path,
          ...(entry.size === undefined ? {} : { size: entry.size }),
          ...(typeof etag === 'string' ? { etag } : {}),
          ...(body === undefined ? {} : { body: withoutSource(body) }),
        },
      };
    },
  };
}

const isSame = (one: Entry, other: Entry | undefined): boolean =>
  other !== undefined &&
  one.etag === other.etag &&
  one.size === other.size &&
  one.modified === other.modified;

/** Nobody waited long enough: this page, or a gateway on the way. */
const isTooLate = ({ reason, status }: TransferError): boolean => reason === 'timeout' || status === 504;

const neverEnded = (path: string): TransferError =>
  new TransferError(
    `Deep Origin was asked to fetch ${path}, has not said that it is done, and does not have it yet. It may still come: reload the listing later, and only then try again.`,
    { kind: 'fatal', reason: 'timeout', path },
  );

const neverShown = (path: string): TransferError =>
  new TransferError(
    `Deep Origin says that it has stored ${path}, but does not show it. Reload the listing; if it is not there, try again.`,
    { kind: 'fatal', reason: 'incomplete', path },
  );

/** The answer repeats the source's address, which may be a signed one. */
function withoutSource(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { sourceUrl: _, ...rest } = body as Record<string, unknown>;
  return rest;
}

function sourceError(path: string, { status, serverMessage }: TransferError): TransferError {
  return new TransferError(
    `Deep Origin could not fetch the address. Check that it is public and works; nothing was stored. (${status})`,
    {
      kind: 'fatal',
      reason: 'unreadable',
      path,
      ...(status === undefined ? {} : { status }),
      ...(serverMessage === undefined ? {} : { serverMessage }),
    },
  );
}
