/** Checksums of a whole object, and how it was cut where they are made of those of its parts. */
import type { CallOptions, WholeChecksums } from '../adapter.js';
import { sideBySide } from '../side-by-side.js';
import type { S3Answer, S3Client } from './client.js';
import { headEntry } from './entries.js';
import { head } from './list.js';

/** Parts that are asked about at once. */
const atOnce = 6;

class UnlikeParts extends Error {}

interface PartShape {
  readonly size: number;
  /** Number of parts; undefined where the page may not read it. */
  readonly count: number | undefined;
}

function shapeOf({ headers }: S3Answer): PartShape | undefined {
  const size = Number(headers['content-length'] ?? Number.NaN);
  const count = headers['x-amz-mp-parts-count'];
  return Number.isNaN(size) ? undefined : { size, count: count === undefined ? undefined : Number(count) };
}

/**
 * A HeadObject with `partNumber` answers with the length of that part and, in `x-amz-mp-parts-count`, the number of parts
 * (AWS API reference). Tools cut all parts but the last alike; the first, the second and the last with the size of the
 * whole say whether that seems to hold here. Others in between could still differ, which is asked only when it matters.
 */
async function partSizeOf(
  ask: (partNumber: number) => Promise<S3Answer | undefined>,
  parts: number,
  total: number,
): Promise<number | undefined> {
  const first = await ask(1);
  const shape = first && shapeOf(first);
  if (shape === undefined || (shape.count ?? parts) !== parts) return undefined;
  const { size } = shape;
  if (parts === 1) return size === total ? size : undefined;
  const [second, last] = await Promise.all([parts > 2 ? ask(2) : first, ask(parts)]);
  const rest = last && shapeOf(last)?.size;
  const isAlike = second !== undefined && shapeOf(second)?.size === size;
  const fits = rest !== undefined && size * (parts - 1) + rest === total && rest <= size;
  return isAlike && fits ? size : undefined;
}

export async function wholeChecksums(
  client: S3Client,
  { path, version }: { readonly path: string; readonly version?: string },
  total: number,
  { signal }: CallOptions,
): Promise<WholeChecksums | undefined> {
  const ask = (query: Record<string, string> = {}, until = signal): Promise<S3Answer | undefined> =>
    head(client, client.keyOf(path), {
      signal: until,
      path,
      query,
      attempts: 2,
      ...(version === undefined ? {} : { version }),
    });
  const answer = await ask();
  if (answer === undefined) return undefined;
  const { checksums = [], etag } = headEntry(path, answer);
  const told = { checksums, ...(etag === undefined ? {} : { etag }) };
  const composite = checksums.find(({ scope, parts }) => scope === 'composite' && parts !== undefined);
  if (composite === undefined || checksums.some(({ scope }) => scope === 'full')) return told;
  const partSize = await partSizeOf(
    number => ask({ partNumber: String(number) }),
    composite.parts!,
    total,
  ).catch(() => undefined);
  if (partSize === undefined) return told;
  const concluded = Array.from({ length: Math.max(0, composite.parts! - 3) }, (_, index) => index + 3);
  return {
    ...told,
    partSize,
    async confirmPartSize(options) {
      try {
        await sideBySide(concluded, atOnce, async number => {
          const part = await ask({ partNumber: String(number) }, options.signal);
          if (part === undefined || shapeOf(part)?.size !== partSize) throw new UnlikeParts();
        });
        return true;
      } catch (error) {
        if (error instanceof UnlikeParts) return false;
        throw error;
      }
    },
  };
}
