/** What every upload of the fault suite has in common, whoever makes it. */

export const MiB = 1024 ** 2;

/** How a file goes up: one PUT, one POST with a policy, or parts. */
export type PlanKind = 'request' | 'form' | 'parts';

/** S3's operation that carries the bytes in each plan, as the store names it. */
export const CARRIER: Readonly<Record<PlanKind, string>> = {
  request: 'PutObject',
  form: 'PostObject',
  parts: 'UploadPart',
};

/** Bytes of a file for each plan; parts: twelve of 5 MiB. */
export const SIZES: Readonly<Record<PlanKind, number>> = {
  request: 3 * MiB,
  form: 3 * MiB,
  parts: 60 * MiB,
};

let block: Uint8Array<ArrayBuffer> | undefined;
/** A file no two MiB of which are equal, so that a part in the wrong place shows. */
export function fileOf(name: string, size: number): File {
  block ??= crypto.getRandomValues(new Uint8Array(65_536));
  const pieces: BlobPart[] = [];
  for (let offset = 0, number = 0; offset < size; number++) {
    const mark = new TextEncoder().encode(`${name} ${number}`.padEnd(64));
    pieces.push(mark.slice(0, size - offset));
    offset += Math.min(64, size - offset);
    const rest = Math.min(block.length, size - offset);
    pieces.push(block.slice(0, rest));
    offset += rest;
  }
  return new File(pieces, name);
}

export async function sha256(blob: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Resolves once `condition` holds. Gives up after forty seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 40_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
