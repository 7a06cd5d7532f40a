/** Compares as S3 sorts: by the bytes of UTF-8, which for text is by code point (UTF-16 units differ above U+FFFF). */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    let a = left.charCodeAt(i);
    let b = right.charCodeAt(i);
    if (a === b) continue;
    // Surrogates stand for code points above every other unit.
    if (a >= 0xd800 && b >= 0xd800) {
      a = a >= 0xe000 ? a - 0x800 : a + 0x2000;
      b = b >= 0xe000 ? b - 0x800 : b + 0x2000;
    }
    return a - b;
  }
  return left.length - right.length;
}

const BLOCK = 1024;

/** A sorted set of keys in blocks: inserting and removing cost a block, finding costs two binary searches. */
export class SortedKeys {
  #blocks: string[][] = [];
  #size = 0;

  constructor(keys: Iterable<string> = []) {
    const sorted = [...keys].sort(compareUtf8);
    for (let i = 0; i < sorted.length; i += BLOCK) this.#blocks.push(sorted.slice(i, i + BLOCK));
    this.#size = sorted.length;
  }

  get size(): number {
    return this.#size;
  }

  add(key: string): void {
    const [block, index] = this.#locate(candidate => compareUtf8(candidate, key) >= 0);
    const keys = this.#blocks[block];
    if (keys?.[index] === key) return;
    this.#size++;
    if (!keys) {
      const last = this.#blocks.at(-1);
      if (last && last.length < BLOCK) last.push(key);
      else this.#blocks.push([key]);
      return;
    }
    keys.splice(index, 0, key);
    if (keys.length > 2 * BLOCK) this.#blocks.splice(block, 1, keys.slice(0, BLOCK), keys.slice(BLOCK));
  }

  delete(key: string): void {
    const [block, index] = this.#locate(candidate => compareUtf8(candidate, key) >= 0);
    const keys = this.#blocks[block];
    if (keys?.[index] !== key) return;
    this.#size--;
    keys.splice(index, 1);
    if (keys.length === 0) this.#blocks.splice(block, 1);
  }

  /**
   * The first key for which `reached` holds.
   *
   * @param reached false for all keys up to some place in the order, true from there on
   */
  seek(reached: (key: string) => boolean): string | undefined {
    const [block, index] = this.#locate(reached);
    return this.#blocks[block]?.[index];
  }

  /** All keys from the first one for which `reached` holds. The set must not change meanwhile. */
  *from(reached: (key: string) => boolean): Generator<string> {
    const [first, start] = this.#locate(reached);
    for (let block = first; block < this.#blocks.length; block++) {
      const keys = this.#blocks[block]!;
      for (let index = block === first ? start : 0; index < keys.length; index++) yield keys[index]!;
    }
  }

  #locate(reached: (key: string) => boolean): [block: number, index: number] {
    const block = firstTrue(this.#blocks.length, i => reached(this.#blocks[i]!.at(-1)!));
    const keys = this.#blocks[block] ?? [];
    return [block, firstTrue(keys.length, i => reached(keys[i]!))];
  }
}

function firstTrue(count: number, test: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
