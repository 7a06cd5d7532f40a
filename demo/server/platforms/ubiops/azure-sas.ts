/**
 * Shared access signatures of Azure Storage, version 2020-04-08.
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas
 */
import { createHmac } from 'node:crypto';

export const SAS_VERSION = '2020-04-08';

export interface SasKey {
  readonly account: string;
  /** Base64. */
  readonly key: string;
}

export interface SasTimes {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
}

type Query = Record<string, string>;

/** For one blob, e.g. `permissions` `r` or `cw`. */
export function blobSas(
  key: SasKey,
  container: string,
  blob: string,
  permissions: string,
  times: SasTimes,
): Query {
  const query = { sv: SAS_VERSION, sr: 'b', sp: permissions, st: iso(times.start), se: iso(times.end) };
  return { ...query, sig: hmac(key, blobText(key.account, container, blob, query)) };
}

/** For everything in the account's blob service. */
export function accountSas(key: SasKey, permissions: string, times: SasTimes): Query {
  const query = {
    sv: SAS_VERSION,
    ss: 'b',
    srt: 'sco',
    sp: permissions,
    st: iso(times.start),
    se: iso(times.end),
  };
  return { ...query, sig: hmac(key, accountText(key.account, query)) };
}

/** Whether a query's signature is this account's, for this blob or for the whole account. */
export function signatureFits(key: SasKey, container: string, blob: string, query: URLSearchParams): boolean {
  const given = Object.fromEntries(query);
  const text =
    given.sr === undefined ? accountText(key.account, given) : blobText(key.account, container, blob, given);
  return given.sig === hmac(key, text);
}

function blobText(account: string, container: string, blob: string, query: Query): string {
  const resource = query.sr === 'c' ? container : `${container}/${blob}`;
  const values = [
    query.sp,
    query.st,
    query.se,
    `/blob/${account}/${resource}`,
    query.si,
    query.sip,
    query.spr,
    query.sv,
    query.sr,
    '', // snapshot
    query.rscc,
    query.rscd,
    query.rsce,
    query.rscl,
    query.rsct,
  ];
  return values.map(value => value ?? '').join('\n');
}

function accountText(account: string, query: Query): string {
  const values = [account, query.sp, query.ss, query.srt, query.st, query.se, query.sip, query.spr, query.sv];
  return `${values.map(value => value ?? '').join('\n')}\n`;
}

function hmac({ key }: SasKey, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');
}

function iso(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
