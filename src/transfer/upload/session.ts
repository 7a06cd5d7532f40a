import type { UploadIntent, UploadPlan } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import type { StorageHabits } from '../link.js';
import { retrying } from '../retry.js';
import type { Flow } from '../scheduler.js';
import type { FileInput, OpenedFile } from './inputs.js';
import type { PartsUpload } from './parts-upload.js';

/** What is kept of an item between its begin and its end, pauses and retries included. */
export interface UploadSession {
  readonly context: TransferContext;
  readonly habits: StorageHabits;
  readonly input: FileInput;
  readonly opened: OpenedFile;
  readonly flow: Flow;
  intent: UploadIntent;
  plan: UploadPlan | undefined;
  parts: PartsUpload | undefined;
  /** When the first byte of the current plan could have been sent, milliseconds since 1970. */
  began: number;
  mismatches: number;
  restarts: number;
  /** ETag of an earlier upload of these bytes that proved nothing. */
  earlierEtag: string | undefined;
  /** Whether conflicts were settled. */
  settled: boolean;
  /** Bytes went out that may have been stored. */
  touched: boolean;
}

/** Retries a call of the adapter's, showing the item as waiting meanwhile. */
export function retryCall<T>(
  context: TransferContext,
  control: ItemControl,
  call: (signal: AbortSignal) => Promise<T>,
  origin?: string,
): Promise<T> {
  let shown = false;
  return retrying(() => abortable(call(control.signal), control.signal), {
    signal: control.signal,
    clock: context.clock,
    connectivity: context.connectivity,
    origin: () => origin,
    onWaiting: error => {
      shown = true;
      control.setState('waiting', error);
    },
    onResumed: () => {
      if (shown) control.setState('preparing');
      shown = false;
    },
  });
}

/** What the storage has at the item's path now. */
export async function statTarget(session: UploadSession, signal: AbortSignal): Promise<Entry | undefined> {
  const { context, intent } = session;
  if (!context.adapter.stat) return undefined;
  return context.adapter.stat(intent.path, { signal });
}
