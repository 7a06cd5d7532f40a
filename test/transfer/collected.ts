/**
 * Fills the heap until the browser collects what nobody holds, or gives up. Resolves to how many are still held. Looks
 * seldom: in Firefox a look at a weak reference keeps its object alive for the collection that is under way.
 */
export async function collected(references: readonly WeakRef<object>[]): Promise<number> {
  let left = references.length;
  for (let look = 0; look < 8 && left > 0; look++) {
    for (let round = 0; round < 60; round++) {
      const garbage: unknown[] = [];
      for (let count = 0; count < 200; count++) garbage.push(new Array(10_000).fill({ count }));
      await new Promise(resolve => setTimeout(resolve, 30));
    }
    left = references.filter(reference => reference.deref() !== undefined).length;
  }
  return left;
}
