import type { Contender } from './contenders/contender.js';
import { oursNoChecksum, oursOneOrigin, oursThreeOrigins } from './contenders/ours.js';
import { raw } from './contenders/raw.js';
import { tus } from './contenders/tus.js';
import { uppyS3 } from './contenders/uppy.js';

const contenders: Record<string, Contender> = {
  raw,
  uppyS3,
  tus,
  oursOneOrigin,
  oursNoChecksum,
  oursThreeOrigins,
};

export interface BenchCall {
  contender: string;
  work: 'large' | 'small' | 'enqueue';
  /** For `large`: position in the file input. */
  fileIndex?: number;
  /** For the others: how many files of which size in bytes. */
  count?: number;
  size?: number;
  origins: string[];
}

/** Runs one contender once and returns the milliseconds it took. */
async function run(call: BenchCall): Promise<number> {
  const contender = contenders[call.contender]!;
  const target = { origins: call.origins };
  if (call.work === 'large') {
    const file = document.querySelector<HTMLInputElement>('#large')!.files![call.fileIndex ?? 0]!;
    return timed(() => contender.large!(file, target));
  }
  const bytes = crypto.getRandomValues(new Uint8Array(Math.min(call.size ?? 0, 65_536)));
  const files = Array.from(
    { length: call.count ?? 0 },
    (_, index) => new File([bytes], `small-${index}.bin`, { type: 'application/octet-stream' }),
  );
  return timed(() => (call.work === 'small' ? contender.small!(files, target) : contender.enqueue!(files)));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const names = Object.fromEntries(Object.entries(contenders).map(([id, { name }]) => [id, name]));
Object.assign(globalThis, { bench: { run, names } });
