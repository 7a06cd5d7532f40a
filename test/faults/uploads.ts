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

const pieces: Blob[] = [];
/** A MiB like no other one. All files share them: off the record Chromium keeps what blobs hold in memory, up to a limit. */
function piece(number: number): Blob {
  pieces[number] ??= new Blob(
    Array.from({ length: 16 }, () => crypto.getRandomValues(new Uint8Array(65_536))),
  );
  return pieces[number];
}

/** A file no two MiB of which are equal, so that a part in the wrong place shows. Always the same one of this name. */
export function fileOf(name: string, size: number): File {
  const mark = new Blob([name.padEnd(64).slice(0, 64)]);
  let number = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 16;
  const content = [mark.slice(0, size)];
  for (let rest = size - mark.size; rest > 0; rest -= MiB) content.push(piece(number++).slice(0, rest));
  return new File(content, name);
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
