const powers: Record<string, number> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Reads a size as people write it: `500`, `500 B`, `10 MB` (1000-based), `5GiB` (1024-based).
 * Undefined when it cannot be read.
 */
export function parseSize(text: string | number | null | undefined): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?\s*$/i.exec(text ?? '');
  if (!match) return undefined;
  const [, digits, prefix, binary] = match;
  return Math.round(Number(digits) * (binary ? 1024 : 1000) ** powers[prefix!.toLowerCase()]!);
}
