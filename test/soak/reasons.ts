/** Which trouble may be behind which reason: a failure that names another one is not true. */

const connection = [
  'network: ',
  'machine: ',
  'store: answer',
  'store: goes silent',
  'store: cuts',
  'store: slow',
  'store: late',
  'store: errors without CORS',
  'platform: cuts',
  'platform: answer lost',
  'platform: late',
  'signer: ',
];
const refusals = [
  'store: 503',
  'store: 429',
  'store: 500',
  'store: Complete',
  'platform: 503',
  'platform: 429',
  'platform: 500',
  'platform: a gateway',
];

const causes: Readonly<Record<string, readonly string[]>> = {
  network: connection,
  'cors-or-network': connection,
  offline: ['machine: '],
  timeout: connection,
  stalled: connection,
  server: [...refusals, 'network: '],
  'rate-limited': refusals,
  signer: ['signer: '],
  expired: ['store: URLs expire'],
  forbidden: ['store: URLs expire'],
  'not-found-or-forbidden': ['store: URLs expire'],
  unauthorized: ['platform: token ends'],
  'checksum-mismatch': ['store: wrong checksum'],
  'storage-full': ['store: full'],
  'upload-gone': ['store: upload id dead'],
  'changed-local': ['file: '],
  unreadable: ['file: '],
};

/** Whether one of the troubles of that time explains the reason. */
export function isExplained(reason: string, troubles: ReadonlySet<string>): boolean {
  return (causes[reason] ?? []).some(prefix => [...troubles].some(kind => kind.startsWith(prefix)));
}
