import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { readJson } from '../http.js';
import type { DeepOriginClient } from './client.js';
import { badAnswer, SUBJECT } from './errors.js';

type Report = Readonly<Record<string, unknown>>;

/** @throws TransferError (`server`) when the service says it is not well, unless `alsoBad`. */
export async function readHealth(
  client: DeepOriginClient,
  call: CallOptions,
  { alsoBad = false }: { alsoBad?: boolean } = {},
): Promise<Report> {
  const response = await client.send({ method: 'GET', url: client.serviceUrl('health') }, call, {
    direct: !alsoBad,
    accept: [503],
  });
  const report = asReport(readJson(response, SUBJECT));
  if (report.status === 'ok' || alsoBad) return report;
  const bad = Object.keys((report.error as object | undefined) ?? {}).join(', ');
  throw new TransferError(
    `Deep Origin’s file service says that it is not well${bad ? ` (${bad})` : ''}. What is stored is safe; try again later.`,
    { kind: 'retry', reason: 'server', status: response.status },
  );
}

export async function readVersion(client: DeepOriginClient, call: CallOptions): Promise<Report> {
  return asReport(
    await client.sendForJson({ method: 'GET', url: client.serviceUrl('version') }, call, { direct: true }),
  );
}

function asReport(value: unknown): Report {
  if (typeof value !== 'object' || value === null) throw badAnswer('a report that is no object');
  return value as Report;
}
