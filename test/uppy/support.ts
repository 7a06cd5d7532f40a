/** Uppy with our uploader on a storage in memory, and a record of everything it says. */
import Uppy, { type UppyFile } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import { memory } from '../../src/adapters/memory/index.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import { type JournalPort, noJournal } from '../../src/transfer/journal.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { Scheduler } from '../../src/transfer/scheduler.js';
import type { TransferBody, TransferUploaderOptions } from '../../src/uppy/index.js';
import { TransferUploader } from '../../src/uppy/index.js';
import { QuickClock } from '../faults/quick-clock.js';
import { hasher } from '../transfer/fake-storage.js';

export { until } from '../faults/uploads.js';

type File_ = UppyFile<Meta, TransferBody>;

/** What Uppy said, in order: `upload-start a.txt`, `upload-success a.txt`, … */
export class Heard {
  readonly lines: string[] = [];
  readonly bytes = new Map<string, number[]>();
  readonly percentages = new Map<string, number[]>();
  readonly results: { successful: string[]; failed: string[] }[] = [];
  readonly errors = new Map<string, { error: Error; status: number | undefined; body: unknown }>();

  constructor(uppy: Uppy<Meta, TransferBody>) {
    const name = (file: File_ | undefined): string => file?.meta.name ?? '?';
    uppy.on('upload-start', files => this.lines.push(...files.map(file => `start ${name(file)}`)));
    uppy.on('upload-progress', (file, { bytesUploaded }) => {
      const id = name(file);
      this.bytes.set(id, [...(this.bytes.get(id) ?? []), bytesUploaded]);
      const shown = uppy.getFile(file!.id).progress.percentage;
      if (shown !== undefined) this.percentages.set(id, [...(this.percentages.get(id) ?? []), shown]);
    });
    uppy.on('upload-success', file => this.lines.push(`success ${name(file)}`));
    uppy.on('upload-error', (file, error, response) => {
      this.lines.push(`error ${name(file)}`);
      this.errors.set(name(file), { error: error as Error, status: response?.status, body: response?.body });
    });
    uppy.on('file-removed', file => this.lines.push(`removed ${name(file)}`));
    uppy.on('complete', result => {
      const names = (files: File_[] | undefined): string[] => (files ?? []).map(name);
      this.results.push({ successful: names(result.successful), failed: names(result.failed) });
    });
  }

  /** Files of which some number went down. */
  get fallen(): string[] {
    const falls = (numbers: number[]): boolean =>
      numbers.some((number, at) => number < (numbers[at - 1] ?? 0));
    return [...this.bytes, ...this.percentages].filter(([, numbers]) => falls(numbers)).map(([id]) => id);
  }
}

export function newUppy(): Uppy<Meta, TransferBody> {
  const quiet = { debug() {}, warn() {}, error() {} };
  return new Uppy<Meta, TransferBody>({ logger: quiet, infoTimeout: 1 });
}

/** A manager whose waits are short and whose connections are its own. */
export function quickManager(
  adapter = memory(),
  haste = 20,
  journal: JournalPort = noJournal,
): TransferManager {
  const clock = new QuickClock(haste);
  const connectivity = new Connectivity(clock);
  return new TransferManager({
    adapter,
    clock,
    connectivity,
    scheduler: new Scheduler(clock),
    hasher,
    journal,
  });
}

type Extra = Omit<Partial<TransferUploaderOptions<Meta, TransferBody>>, 'adapter' | 'manager'>;

export function uppyOn(manager: TransferManager, options: Extra = {}) {
  const uppy = newUppy().use(TransferUploader, { manager, ...options });
  return { uppy, heard: new Heard(uppy), manager };
}

export function add(uppy: Uppy<Meta, TransferBody>, file: Blob, name: string, meta: Meta = {}): string {
  return uppy.addFile({ name, data: file, meta: { relativePath: name, ...meta } });
}

export const bodyOf = <B extends Body>(uppy: Uppy<Meta, B>, id: string): B | undefined =>
  uppy.getFile(id)?.response?.body;
