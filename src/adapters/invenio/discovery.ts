/** Finding out what a repository is: an NRP repository describes itself, a plain InvenioRDM says its version in a page. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { createHttpClient, readJson } from '../http.js';
import { withRetry } from '../retry.js';
import { readInvenioError } from './errors.js';
import { type InvenioOptions, type InvenioTransfer, repositoryUrlOf } from './options.js';
import { isObject, type Json, SUBJECT } from './wire.js';

/** A kind of records with addresses of its own. */
export interface InvenioModel {
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly recordsUrl: string;
  /** Where a person's own records of this kind are searched. */
  readonly draftsUrl?: string;
}

export interface InvenioRepository {
  readonly baseUrl: string;
  readonly kind: 'nrp' | 'rdm';
  readonly name: string;
  /** Version of InvenioRDM, as the repository writes it. */
  readonly version: string;
  readonly transfers: readonly InvenioTransfer[];
  /** Empty for plain InvenioRDM. */
  readonly models: readonly InvenioModel[];
  readonly defaultModel?: string;
}

export interface DiscoverOptions extends CallOptions {
  readonly getToken?: InvenioOptions['getToken'];
  /** Milliseconds until an answer must have begun. Default 30,000. */
  readonly timeout?: number;
}

const LETTERS: readonly InvenioTransfer[] = ['L', 'F', 'R', 'M'];

/**
 * Asks a repository what it is.
 *
 * The addresses asked are not part of its API: a repository that lets pages of other sites use the API may still not let
 * them read these. Then this rejects with `cors-or-network`, and `invenio()` works with what the page knows by itself.
 *
 * @throws TransferError (`not-supported`) when there is something else at the address.
 */
export async function discoverInvenio(
  address: string,
  { signal, getToken, timeout }: DiscoverOptions,
): Promise<InvenioRepository> {
  const baseUrl = repositoryUrlOf(address);
  const { origin } = new URL(baseUrl);
  const http = createHttpClient({
    subject: SUBJECT,
    ...(getToken ? { token: { origin, getToken: async call => getToken(call) } } : {}),
  });
  const get = (url: string, accept: string) =>
    withRetry(
      async () => {
        const response = await http.send(
          { method: 'GET', url, headers: { accept }, ...(timeout === undefined ? {} : { timeout }) },
          { signal },
        );
        const error = response.status === 404 ? undefined : readInvenioError(response);
        if (error) throw error;
        return response;
      },
      { signal },
    );

  const wellKnown = await get(`${baseUrl}/.well-known/repository`, 'application/json');
  const short = wellKnown.status === 404 ? undefined : jsonOf(wellKnown.body);
  if (short && 'invenio_version' in short) {
    const full = await get(`${baseUrl}/.well-known/repository/`, 'application/json');
    const info = full.status === 404 ? short : (jsonOf(full.body) ?? short);
    const modelsUrl = linkOf(info, 'models');
    const answer =
      modelsUrl && new URL(modelsUrl).origin === origin
        ? await get(modelsUrl, 'application/json')
        : undefined;
    const models = answer && answer.status !== 404 ? readJson(answer, SUBJECT) : info.models;
    return nrpRepository(baseUrl, info, models);
  }

  const page = await get(`${baseUrl}/`, 'text/html');
  const version = versionOf(page.body);
  if (version === undefined) {
    throw new TransferError('There is no InvenioRDM or NRP repository at this address. Check it.', {
      kind: 'fatal',
      reason: 'not-supported',
    });
  }
  return {
    baseUrl,
    kind: 'rdm',
    name: new URL(baseUrl).host,
    version,
    transfers: Number.parseInt(version, 10) >= 13 ? LETTERS : ['L'],
    models: [],
  };
}

/** The options of `invenio()` that follow from what a repository is, for one of its models. */
export function optionsFor(
  { baseUrl, transfers, models, defaultModel, name }: InvenioRepository,
  type: string | undefined = defaultModel ?? (models.length === 1 ? models[0]!.type : undefined),
): Pick<InvenioOptions, 'baseUrl' | 'transfers' | 'recordsUrl' | 'searchUrl' | 'label'> {
  const model = models.find(one => one.type === type);
  return {
    baseUrl,
    transfers,
    label: name,
    ...(model ? { recordsUrl: model.recordsUrl } : {}),
    ...(model?.draftsUrl ? { searchUrl: model.draftsUrl } : {}),
  };
}

function nrpRepository(baseUrl: string, info: Json, models: unknown): InvenioRepository {
  const list = Array.isArray(models) ? models : isObject(models) ? Object.values(models) : [];
  const transfers = Array.isArray(info.transfers)
    ? LETTERS.filter(letter => (info.transfers as unknown[]).includes(letter))
    : [];
  const defaultModel = info.default_model;
  return {
    baseUrl,
    kind: 'nrp',
    name: String(info.name ?? new URL(baseUrl).host),
    version: String(info.invenio_version),
    transfers: transfers.length > 0 ? transfers : ['L'],
    models: list.filter(isObject).flatMap(modelOf),
    ...(typeof defaultModel === 'string' ? { defaultModel } : {}),
  };
}

function modelOf(model: Json): readonly InvenioModel[] {
  const recordsUrl = linkOf(model, 'records');
  const draftsUrl = linkOf(model, 'drafts');
  const { type, name, description } = model;
  if (recordsUrl === undefined || typeof type !== 'string') return [];
  return [
    {
      type,
      name: typeof name === 'string' ? name : type,
      ...(typeof description === 'string' && description ? { description } : {}),
      recordsUrl,
      ...(draftsUrl ? { draftsUrl } : {}),
    },
  ];
}

function linkOf({ links }: Json, name: string): string | undefined {
  const link = isObject(links) ? links[name] : undefined;
  return typeof link === 'string' && URL.canParse(link) ? link : undefined;
}

function jsonOf(body: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `13.0` of `<meta name="generator" content="InvenioRDM 13.0">`. */
function versionOf(html: string): string | undefined {
  for (const [tag] of html.matchAll(/<meta\b[^>]*>/gi)) {
    if (!/\bname=["']generator["']/i.test(tag)) continue;
    const version = /\bcontent=["']InvenioRDM\s*v?([\d.]+)/i.exec(tag)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}
