import type { PartRange, PartsPlan } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { fullChecksum, type Hasher, isCombinable } from '../checksum/index.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import { changedRemote } from '../download/answers.js';
import { mismatch } from '../download/verify.js';
import type { ItemControl } from '../item-run.js';
import { patiently } from '../patiently.js';
import type { Flow } from '../scheduler.js';
import type { PartSource } from '../upload/part-source.js';
import { RangeReader } from './range-reader.js';

/** Bytes of one file that may be in memory: on their way here, or waiting for the way on. */
const mostInMemory = 128 * 1024 * 1024;

interface HeldPart {
  readonly bytes: Promise<Blob>;
  readonly stop: AbortController;
  /** All its bytes are here. */
  isHere: boolean;
  waiting: number;
}

/**
 * A file that goes from one storage to another part by part: each is fetched as a range when its turn to be sent has
 * come, and forgotten once the other storage has it. However large the file is, it takes neither disk nor much memory.
 */
export class StreamedContent implements PartSource {
  readonly partsOnly = true;
  readonly rereads = false;
  readonly #reader: RangeReader;
  #control: ItemControl;
  readonly #entry: Partial<Entry>;
  readonly #held = new Map<number, HeldPart>();
  #version = 0;

  constructor(reader: RangeReader, control: ItemControl) {
    this.#reader = reader;
    this.#entry = reader.entry;
    this.#control = control;
  }

  /** A pause ends one control; what goes on has another. */
  goOn(control: ItemControl): void {
    this.#control = control;
  }

  get version(): number {
    return this.#version;
  }

  get etag(): string | undefined {
    return this.#reader.first?.etag;
  }

  /** What the source says the whole adds up to, where the sums of parts tell. */
  get #expected(): Checksum | undefined {
    const known = this.#reader.source.known;
    const said = this.#reader.first?.said ?? [
      ...((known?.kind === 'url' && known.checksums) || []),
      // What was listed is what the first version added up to.
      ...((this.#version === 0 && this.#entry.checksums) || []),
    ];
    return said.find(({ scope, algorithm }) => scope === 'full' && isCombinable(algorithm));
  }

  get alsoHash(): readonly ChecksumAlgorithm[] {
    const expected = this.#expected;
    return expected ? [expected.algorithm] : [];
  }

  atOnce(partSize: number): number {
    return Math.max(1, Math.floor(mostInMemory / partSize));
  }

  part({ number, start, end }: PartRange, signal: AbortSignal): Promise<Blob> {
    const held = this.#held.get(number) ?? this.#fetch(number, start, end);
    held.waiting += 1;
    return abortable(held.bytes, signal).finally(() => {
      held.waiting -= 1;
      // Nobody waits for it any more: a pause, or a cancel.
      if (held.waiting === 0 && signal.aborted && !held.isHere) this.#drop(number, held, signal.reason);
    });
  }

  #fetch(number: number, start: number, end: number): HeldPart {
    const stop = new AbortController();
    const bytes = this.#reader.read(start, end, fetching(this.#control), stop.signal);
    const held: HeldPart = { bytes, stop, isHere: false, waiting: 0 };
    this.#held.set(number, held);
    bytes.then(
      () => {
        held.isHere = true;
      },
      (error: unknown) => {
        if (this.#held.get(number) !== held) return;
        // The next one to ask tries again. Parts of two versions would tear the file: whoever waits for another part
        // is told the same, since any of them may be the first to be heard.
        if (isRestart(error)) this.#isGone(error);
        else this.#drop(number, held, error);
      },
    );
    return held;
  }

  #isGone(error: TransferError): void {
    this.#version += 1;
    this.#dropAll(error);
  }

  #drop(number: number, held: HeldPart, reason: unknown): void {
    if (this.#held.get(number) === held) this.#held.delete(number);
    held.stop.abort(reason);
  }

  release({ number }: PartRange): void {
    this.#held.delete(number);
  }

  /** Lets go of every part. */
  clear(): void {
    this.#dropAll(new TransferError('The transfer was stopped.', { kind: 'fatal', reason: 'aborted' }));
  }

  #dropAll(reason: TransferError): void {
    const dropped = [...this.#held.values()];
    this.#held.clear();
    for (const { stop } of dropped) stop.abort(reason);
  }

  /** All of it comes once more. */
  async hashWhole(
    algorithm: ChecksumAlgorithm,
    parts: Iterable<PartRange>,
    hasher: Hasher,
    signal: AbortSignal,
  ): Promise<Checksum> {
    const hash = await hasher.incremental(algorithm);
    for (const part of parts) {
      const bytes = await this.part(part, signal);
      hash.update(new Uint8Array(await bytes.arrayBuffer()));
      this.release(part);
    }
    return fullChecksum(algorithm, hash.digest());
  }

  changed(path: string): TransferError {
    return changedRemote(path);
  }

  async accept(hashWhole: (algorithm: ChecksumAlgorithm) => Promise<Checksum>): Promise<void> {
    const expected = this.#expected;
    if (!expected) return this.#acceptVersion();
    const found = await hashWhole(expected.algorithm);
    if (found.value !== expected.value) throw mismatch(this.#reader.entry.path, expected, found.value);
  }

  /** Nothing says what the whole adds up to, so what the target proves is only that it has what was read. */
  async #acceptVersion(): Promise<void> {
    try {
      await this.#reader.proveVersion(this.#control.signal);
    } catch (error) {
      if (isRestart(error)) this.#isGone(error);
      throw error;
    }
  }
}

const isRestart = (error: unknown): error is TransferError =>
  error instanceof TransferError && error.kind === 'restart';

/** What comes here is not acknowledged yet: the parts that are sent tell how far it is. */
const fetching = (control: ItemControl): ItemControl => ({
  signal: control.signal,
  get stopped() {
    return control.stopped;
  },
  setState: (state, ...why) => control.setState(state, ...why),
  setSent: () => {},
  setAcknowledged: () => {},
});

/**
 * The content of a file that can go part by part. Undefined when it has to be here as a whole: the source sends no
 * ranges, the target takes no parts, or a digest is to be proven that only the whole in order gives.
 */
export async function streamedContent(
  source: TransferContext,
  entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>,
  plan: PartsPlan,
  { flow, control }: { readonly flow: Flow; readonly control: ItemControl },
): Promise<StreamedContent | undefined> {
  const { size } = entry;
  if (size === undefined || source.adapter.capabilities.ranges === 'no') return undefined;
  if (plan.wholeChecksum !== undefined && !isCombinable(plan.wholeChecksum)) return undefined;
  const reader = new RangeReader(source, entry, size, flow);
  const from = await patiently(source, control, signal => reader.source.current(signal));
  if (from.kind !== 'url' || from.ranges === 'no') return undefined;
  const said = [...(from.checksums ?? []), ...(entry.checksums ?? [])].filter(
    ({ scope }) => scope === 'full',
  );
  if (said.length > 0 && !said.some(({ algorithm }) => isCombinable(algorithm))) return undefined;
  return new StreamedContent(reader, control);
}
