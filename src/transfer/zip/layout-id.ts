import { toHex } from '../checksum/index.js';
import type { ZipLayout } from './layout.js';

/** Equal for archives with members of the same names and sizes in the same places, whatever their content and dates. */
export async function layoutId({ members, places }: ZipLayout): Promise<string> {
  const text = JSON.stringify(members.map(({ name, size }, index) => [name, size, places[index]!.data]));
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
