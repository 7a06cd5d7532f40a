/** What a `Content-Range` header says. `end` is the offset after the last byte. */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
  /** Size of the whole, when the server knows it. */
  readonly total: number | undefined;
}

/** Reads `bytes a-b/total`. Undefined for anything else, an unsatisfied range included. */
export function parseContentRange(text: string | null): ContentRange | undefined {
  const match = /^\s*bytes\s+(\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(text ?? '');
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  const total = match[3] === '*' ? undefined : Number(match[3]);
  return end <= start || (total !== undefined && end > total) ? undefined : { start, end, total };
}

/** Size of the whole in the `Content-Range` of a 416 answer. */
export function unsatisfiedTotal(text: string | null): number | undefined {
  const match = /^\s*bytes\s+\*\/(\d+)\s*$/i.exec(text ?? '');
  return match === null ? undefined : Number(match[1]);
}
