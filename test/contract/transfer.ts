/** The smallest engine that can carry out a plan: no retries, no parallel parts. For the contract suite alone. */
import type {
  Adapter,
  Delivery,
  DownloadSource,
  PartRange,
  PartReceipt,
  PartsPlan,
  ResumeState,
  TransferResponse,
  UploadIntent,
  UploadOutcome,
} from '../../src/adapters/adapter.js';
import { digest } from '../../src/adapters/digest.js';
import { ok } from './check.js';

export const signal: AbortSignal = new AbortController().signal;

export function intentFor(path: string, blob: Blob, more: Partial<UploadIntent> = {}): UploadIntent {
  return { path, size: blob.size, type: 'text/plain', checksum: 'auto', ...more };
}

/** Uploads by whatever plan the adapter chooses; resolves to the plan's kind and the outcome. */
export async function upload(
  adapter: Adapter,
  path: string,
  blob: Blob,
  more: Partial<UploadIntent> = {},
): Promise<{ kind: string; outcome: UploadOutcome }> {
  const plan = await adapter.openUpload!(intentFor(path, blob, more), { signal });
  const { kind } = plan;
  if (kind === 'import') throw new Error('An import plan for bytes of the page makes no sense.');
  if (kind === 'parts') {
    const partSize = plan.rules.partSize ?? plan.rules.minPartSize;
    const state = await plan.begin({ partSize, count: Math.ceil(blob.size / partSize) }, { signal });
    const receipts = await sendParts(plan, state, blob, partSize);
    return { kind, outcome: await completeParts(plan, state, blob, receipts) };
  }
  const checksum = plan.requestChecksum && (await digest(blob, plan.requestChecksum));
  const origin = plan.origins?.[0];
  const delivery = await plan.sign({
    signal,
    attempt: 1,
    ...(origin === undefined ? {} : { origin }),
    ...(checksum ? { checksum } : {}),
  });
  const response = await deliver(delivery, blob);
  const error = plan.readError(response, { phase: kind === 'form' ? 'form' : 'send' });
  if (error) throw error;
  return { kind, outcome: await plan.finish(response, { signal, ...(checksum ? { whole: checksum } : {}) }) };
}

export function ranges(size: number, partSize: number): PartRange[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    number: index + 1,
    start: index * partSize,
    end: Math.min((index + 1) * partSize, size),
  }));
}

/** Sends parts, the last one first: storages must not care. */
export async function sendParts(
  plan: PartsPlan,
  state: ResumeState,
  blob: Blob,
  partSize: number,
  only?: readonly number[],
): Promise<PartReceipt[]> {
  const receipts: PartReceipt[] = [];
  for (const part of ranges(blob.size, partSize).reverse()) {
    if (only && !only.includes(part.number)) continue;
    receipts.push(await sendPart(plan, state, part, blob.slice(part.start, part.end)));
  }
  return receipts;
}

export async function sendPart(
  plan: PartsPlan,
  state: ResumeState,
  part: PartRange,
  bytes: Blob,
): Promise<PartReceipt> {
  const checksum = plan.requestChecksum && (await digest(bytes, plan.requestChecksum));
  const origin = plan.origins?.[part.number % (plan.origins.length || 1)];
  const delivery = await plan.signPart(part, state, {
    signal,
    attempt: 1,
    ...(origin === undefined ? {} : { origin }),
    ...(checksum ? { checksum } : {}),
  });
  const response = await deliver(delivery, bytes);
  const error = plan.readError(response, { phase: 'part' });
  if (error) throw error;
  return plan.readPart(part, response);
}

export async function completeParts(
  plan: PartsPlan,
  state: ResumeState,
  blob: Blob,
  receipts: readonly PartReceipt[],
): Promise<UploadOutcome> {
  const whole = plan.wholeChecksum && (await digest(blob, plan.wholeChecksum));
  const partSize = plan.rules.partSize ?? plan.rules.minPartSize;
  const { requestChecksum } = plan;
  const partChecksums = requestChecksum
    ? await Promise.all(
        ranges(blob.size, partSize).map(({ start, end }) => digest(blob.slice(start, end), requestChecksum)),
      )
    : undefined;
  return plan.complete(state, receipts, {
    signal,
    ...(whole ? { whole } : {}),
    ...(partChecksums ? { partChecksums } : {}),
  });
}

export async function deliver(delivery: Delivery, bytes: Blob): Promise<TransferResponse> {
  if ('deliver' in delivery) {
    let told = 0;
    const response = await delivery.deliver(bytes, { signal, onSent: sent => (told = sent) });
    ok(told === bytes.size, `onSent ended at ${told} of ${bytes.size}`);
    return response;
  }
  const { url, method, headers = {}, fields, fileField = 'file', fileName = 'file' } = delivery;
  // Without a type of its own, the blob's would be sent beside what was signed.
  let body: Blob | FormData = bytes.slice();
  if (fields) {
    body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    body.append(fileField, bytes, fileName);
  }
  const response = await fetch(url, { method, headers, body, credentials: 'omit' });
  const { origin, pathname } = new URL(response.url);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    url: `${origin}${pathname}`,
  };
}

/** Everything a download source has, or a range of it. */
export async function read(
  source: DownloadSource,
  range?: [start: number, end: number],
): Promise<Uint8Array> {
  if (source.kind === 'blob') {
    const piece = range ? source.blob.slice(...range) : source.blob;
    return new Uint8Array(await piece.arrayBuffer());
  }
  const response = await fetch(source.url, {
    credentials: source.credentials ?? 'omit',
    headers: { ...source.headers, ...(range ? { range: `bytes=${range[0]}-${range[1] - 1}` } : {}) },
  });
  const answer = { status: response.status, headers: Object.fromEntries(response.headers), body: '' };
  const bytes = new Uint8Array(await response.arrayBuffer());
  const error = source.readError?.({ ...answer, body: new TextDecoder().decode(bytes.slice(0, 4096)) });
  if (error) throw error;
  ok(response.status === (range ? 206 : 200), `a download answered ${response.status}`);
  return bytes;
}

/** Bytes that differ in every block, so that a part in the wrong place shows. */
export function content(size: number, seed = 1): Blob {
  const words = new Uint32Array(Math.ceil(size / 4));
  let value = seed;
  for (let index = 0; index < words.length; index += 1) {
    value = (Math.imul(value, 1664525) + 1013904223) >>> 0;
    words[index] = value;
  }
  return new Blob([new Uint8Array(words.buffer, 0, size)]);
}

export async function sha256Of(blob: Blob): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('');
}

export async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  // A call for each of many millions of bytes would take its time.
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
