/** Calls `one` for each of `all`, at most `atOnce` at a time. The answers come in the order of `all`; the first throw ends it. */
export async function sideBySide<T, R>(
  all: readonly T[],
  atOnce: number,
  one: (each: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < all.length) {
      const index = next++;
      answers[index] = await one(all[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, all.length)) }, worker));
  return answers;
}
