/** What the API answers when the storage behind a bucket refuses a call of the platform's own. */
import { childText, parseXml } from '../../../../src/adapters/xml.js';
import { Refusal } from '../shared/index.js';
import type { UbiOpsQuirks } from './options.js';

const FULL = new Set([
  'QuotaExceeded',
  'InsufficientStorage',
  'XMinioStorageFull',
  'XMinioStorageQuotaExceeded',
  'XMinioAdminBucketQuotaExceeded',
]);

/** @param status of the storage's answer; a success whose body is an error counts as well */
export function storageRefusal(
  what: string,
  status: number,
  body: string,
  { fullStatus }: Pick<UbiOpsQuirks, 'fullStatus'>,
): Refusal {
  const root = body.includes('<') ? parseXml(body) : undefined;
  const code = childText(root, 'Code');
  const message = `${what} was refused by the storage: ${[code, childText(root, 'Message')].filter(Boolean).join(': ') || status}`;
  if (status === 507 || FULL.has(code ?? '')) return new Refusal(fullStatus, { message });
  // A storage that is busy, ill, or refuses the platform is its own trouble, not the mistake of the client.
  const isIll = status < 400 || [401, 403, 429].includes(status) || status >= 500;
  return new Refusal(isIll ? 502 : 400, { message });
}
