import { toHex } from '../checksum/index.js';
import type { ZipLayout } from './layout.js';

/**
 * Equal for archives with members of the same names and sizes in the same places, whatever their content and dates.
 * Undefined on pages without a secure context: they have no digests, and no storage either in which an archive could
 * survive them.
 */
export async function layoutId({ members, places }: ZipLayout): Promise<string | undefined> {
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const text = JSON.stringify(members.map(({ name, size }, index) => [name, size, places[index]!.data]));
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
