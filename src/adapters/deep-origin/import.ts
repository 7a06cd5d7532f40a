import { TransferError } from '../../core/errors.js';
import type { ImportPlan } from '../adapter.js';
import type { DeepOriginClient } from './client.js';
import { etagOf } from './entries.js';
import { readApiError } from './errors.js';
import { stat } from './list.js';
import { encodePath, requireFilePath } from './paths.js';

/** Looks at a second's distance for what is stored already by then. */
const mostLooks = 60;

/**
 * The server fetches `source` into `path`. The one request is answered when everything is stored; sending it again does
 * no harm.
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
  return {
    kind: 'import',
    readError: response => readApiError(response, path),
    async start(call) {
      looks = 0;
      const { importTimeout = 600_000 } = client.options;
      try {
        body = await client.sendForJson(
          { method: 'POST', url: client.url(path), json: { url: source } },
          call,
          { path, timeout: importTimeout },
        );
      } catch (error) {
        throw error instanceof TransferError && error.status === 502 ? sourceError(path, error) : error;
      }
      const etag = etagOf((body as { eTag?: unknown } | null)?.eTag);
      return etag === undefined ? {} : { etag };
    },
    async poll({ etag }, call) {
      const entry = await stat(client, path, call);
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
