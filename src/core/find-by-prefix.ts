import { folded } from './ordering.js';

/**
 * Index of the first name that begins with `prefix`, seen from `from` on and round to it again; −1: none. Case and
 * accents do not count.
 */
export function findByPrefix(
  names: readonly { readonly name: string }[],
  prefix: string,
  from: number,
): number {
  const wanted = folded(prefix);
  // Accents may take two characters before they are folded away.
  const reach = prefix.length * 3;
  for (let step = 0; step < names.length; step++) {
    const index = (from + step) % names.length;
    if (folded(names[index]!.name.slice(0, reach)).startsWith(wanted)) return index;
  }
  return -1;
}
