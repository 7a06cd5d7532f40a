/** Where a contender sends its bytes. */
export interface Target {
  /** Origins that reach the same sink; those that know only one take the first. */
  readonly origins: readonly string[];
}

/** One way to upload. */
export interface Contender {
  readonly name: string;
  /** Sends one large file in parts. Absent when it cannot. */
  large?(file: File, target: Target): Promise<void>;
  /** Sends many small files. */
  small?(files: readonly File[], target: Target): Promise<void>;
  /** Puts many files into its queue without sending any. Resolves when all of them can be seen there. */
  enqueue?(files: readonly File[]): Promise<void>;
}

export const partSize = 8 * 1024 * 1024;
export const connections = 6;

/** Calls `work` for each item, at most `limit` at once. */
export async function inParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
