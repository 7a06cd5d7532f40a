import type { PartRange, PartsPlan } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { combineChecksums, compositeChecksum, isCombinable } from '../checksum/index.js';
import { abortable } from '../clock.js';
import type { PartLayout } from './part-layout.js';
import type { UploadSession } from './session.js';

type Digests = ReadonlyMap<ChecksumAlgorithm, Checksum>;

/** The checksums of one file's parts, each computed once, and those of the whole that follow from them. */
export class PartDigests {
  readonly #session: UploadSession;
  readonly #plan: PartsPlan;
  readonly #layout: PartLayout;
  /** Ends with the upload. */
  readonly #life: AbortSignal;
  #parts = new Map<number, Map<ChecksumAlgorithm, Checksum>>();
  /** The version of the source that {@link #parts} speak of. */
  #version: number;
  readonly #pending = new Map<number, Promise<Digests>>();
  #whole: Promise<Checksum> | undefined;

  constructor(session: UploadSession, plan: PartsPlan, layout: PartLayout, life: AbortSignal) {
    this.#session = session;
    this.#plan = plan;
    this.#layout = layout;
    this.#life = life;
    this.#version = session.opened.parts.version;
  }

  /** By part. What was read of a version that is gone says nothing about the bytes that are sent. */
  get #known(): Map<number, Map<ChecksumAlgorithm, Checksum>> {
    const { version } = this.#session.opened.parts;
    if (version !== this.#version) {
      this.#version = version;
      this.#parts = new Map();
    }
    return this.#parts;
  }

  /** What is known of a part. */
  of(number: number): Digests | undefined {
    return this.#known.get(number);
  }

  /** Computes what is not known yet. Asked for the same part again meanwhile, it reads nothing twice. */
  hash(part: PartRange, algorithms: readonly ChecksumAlgorithm[], signal: AbortSignal): Promise<Digests> {
    const { number } = part;
    const before = this.#pending.get(number);
    const compute = () => this.#compute(part, algorithms, signal);
    const mine: Promise<Digests> = (before ? before.then(compute, compute) : compute()).finally(() => {
      if (this.#pending.get(number) === mine) this.#pending.delete(number);
    });
    this.#pending.set(number, mine);
    return mine;
  }

  async #compute(
    part: PartRange,
    algorithms: readonly ChecksumAlgorithm[],
    signal: AbortSignal,
  ): Promise<Digests> {
    const { opened, context } = this.#session;
    for (;;) {
      const parts = this.#known;
      const known = parts.get(part.number) ?? new Map<ChecksumAlgorithm, Checksum>();
      const missing = algorithms.filter(algorithm => !known.has(algorithm));
      if (missing.length > 0) {
        const bytes = await opened.parts.part(part, signal);
        for (const [name, checksum] of await context.hasher.hash(bytes, missing, { signal })) {
          known.set(name, checksum);
        }
      }
      // Another version came while this one was read.
      if (this.#known !== parts) continue;
      parts.set(part.number, known);
      return known;
    }
  }

  /** Also the parts that an earlier page sent, which this one never read. */
  async hashAll(algorithm: ChecksumAlgorithm, signal: AbortSignal): Promise<Checksum[]> {
    const checksums: Checksum[] = [];
    for (const part of this.#layout.ranges()) {
      const digests = await this.hash(part, [algorithm], signal);
      this.#session.opened.parts.release(part);
      checksums.push(digests.get(algorithm)!);
    }
    return checksums;
  }

  /** In order; undefined when one of them was not computed. */
  known(algorithm: ChecksumAlgorithm): Checksum[] | undefined {
    const checksums: Checksum[] = [];
    for (let number = 1; number <= this.#layout.count; number++) {
      const checksum = this.#known.get(number)?.get(algorithm);
      if (!checksum) return undefined;
      checksums.push(checksum);
    }
    return checksums;
  }

  /** Reads a part again: other bytes than before mean that the file changed, not that the line is bad. */
  async checkUnchanged(part: PartRange, signal: AbortSignal): Promise<void> {
    const before = this.#known.get(part.number);
    if (!before || before.size === 0) return;
    this.#known.delete(part.number);
    const after = await this.hash(part, [...before.keys()], signal);
    for (const [algorithm, checksum] of before) {
      if (after.get(algorithm)?.value === checksum.value) continue;
      throw this.#session.opened.parts.changed(this.#session.intent.path);
    }
  }

  // ── Whole ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A whole digest that cannot be combined from parts is computed in one reading of its own, beside sending. */
  startWhole(): void {
    const { wholeChecksum } = this.#plan;
    if (wholeChecksum === undefined || this.#whole || isCombinable(wholeChecksum)) return;
    this.#whole = this.#hashFile(wholeChecksum);
    this.#whole.catch(() => {});
  }

  async hashWhole(algorithm: ChecksumAlgorithm, signal: AbortSignal): Promise<Checksum> {
    if (!isCombinable(algorithm)) return this.#hashFile(algorithm);
    return combineChecksums(this.#pieces(await this.hashAll(algorithm, signal)));
  }

  /** What the plan's algorithms say of the whole file, as values of all bytes and of the parts' values. */
  async ofWhole(signal: AbortSignal): Promise<Checksum[]> {
    const { requestChecksum, wholeChecksum } = this.#plan;
    const { hasher } = this.#session.context;
    const ours: Checksum[] = [];
    for (const algorithm of new Set([requestChecksum, wholeChecksum])) {
      if (algorithm === undefined) continue;
      if (algorithm === wholeChecksum && !isCombinable(algorithm)) {
        ours.push(await abortable((this.#whole ??= this.#hashFile(algorithm)), signal));
      }
      if (algorithm !== requestChecksum && !isCombinable(algorithm)) continue;
      const parts = await this.hashAll(algorithm, signal);
      if (isCombinable(algorithm)) ours.push(combineChecksums(this.#pieces(parts)));
      ours.push(await compositeChecksum(parts, (bytes, names) => hasher.hashBytes(bytes, names)));
    }
    return ours;
  }

  #pieces(parts: readonly Checksum[]): { checksum: Checksum; size: number }[] {
    return parts.map((checksum, index) => ({ checksum, size: this.#layout.sizeOf(index + 1) }));
  }

  #hashFile(algorithm: ChecksumAlgorithm): Promise<Checksum> {
    const { context, opened } = this.#session;
    return opened.parts.hashWhole(algorithm, this.#layout.ranges(), context.hasher, this.#life);
  }
}
