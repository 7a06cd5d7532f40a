import type { UploadIntent, UploadPlan } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { abortable, type Clock } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import type { KeptUpload } from '../journal.js';
import { habitsOf, type StorageHabits } from '../link.js';
import { retrying } from '../retry.js';
import type { Flow } from '../scheduler.js';
import type { UploadOptions } from '../types.js';
import type { FileInput, OpenedFile } from './inputs.js';
import type { PartsUpload } from './parts-upload.js';

/** What is kept of an item between its begin and its end, pauses and retries included. */
export interface UploadSession {
  readonly context: TransferContext;
  readonly habits: StorageHabits;
  readonly input: FileInput;
  readonly opened: OpenedFile;
  readonly flow: Flow;
  readonly verify: UploadOptions['verify'];
  intent: UploadIntent;
  plan: UploadPlan | undefined;
  parts: PartsUpload | undefined;
  /** Of an earlier page; it is gone on with as long as it is of use. */
  earlier: KeptUpload | undefined;
  /** Of the parts it has, only those on record were compared with the file. */
  onlyNotedParts?: boolean;
  /** When the first byte of the current plan could have been sent, milliseconds since 1970. */
  began: number;
  mismatches: number;
  restarts: number;
  /** ETag of an earlier upload of these bytes that proved nothing. */
  earlierEtag: string | undefined;
  /** Whether conflicts were settled. */
  settled: boolean;
  /** The path was found free, and is to be: what comes there meanwhile is not to be replaced. */
  expectsFree?: boolean;
  /** The storage was asked for what may have left something there. */
  touched: boolean;
  /** How often the whole file went out, pauses and retries included: its answer may have been lost each time. */
  sendings: number;
}

/** What a session begins with that is the same for every file. */
type Fresh =
  | 'habits'
  | 'plan'
  | 'parts'
  | 'began'
  | 'mismatches'
  | 'restarts'
  | 'earlierEtag'
  | 'touched'
  | 'sendings';

/** The session of a file of which this page has sent nothing yet. */
export function newSession(known: Omit<UploadSession, Fresh>): UploadSession {
  const { adapter, clock } = known.context;
  return {
    ...known,
    habits: habitsOf(adapter),
    plan: undefined,
    parts: undefined,
    began: clock.now(),
    mismatches: 0,
    restarts: 0,
    earlierEtag: undefined,
    touched: false,
    sendings: 0,
  };
}

/**
 * Retries a call of the adapter's, showing the item as waiting meanwhile. `asks`: whom the call speaks to, where that is
 * known; with one that has answered before it waits for the connection without limit.
 */
export function retryCall<T>(
  context: TransferContext,
  control: ItemControl,
  call: (signal: AbortSignal) => Promise<T>,
  asks?: string,
): Promise<T> {
  const { clock, connectivity } = context;
  const { signal } = control;
  let shown = false;
  return retrying(() => abortable(call(signal), signal), {
    signal,
    clock,
    connectivity,
    origin: () => asks,
    onWaiting: (error, nextTry) => {
      shown = true;
      control.setState('waiting', error, nextTry);
    },
    onResumed: () => {
      if (shown) control.setState('preparing');
      shown = false;
    },
  });
}

/** How long the last steps of a stored file may still take after a cancel or a pause, in milliseconds. */
const finishWithin = 20_000;

/**
 * The control of an item whose bytes are stored. A cancel or a pause now comes too late: ending here at once would call
 * a file cancelled that is there, so they only limit the time that is left.
 */
export function finishingControl(control: ItemControl, clock: Clock): ItemControl {
  const { signal } = control;
  const own = new AbortController();
  const limit = (): void => {
    clock.setTimeout(() => own.abort(signal.reason), finishWithin);
  };
  if (signal.aborted) limit();
  else signal.addEventListener('abort', limit, { once: true });
  return {
    signal: own.signal,
    get stopped() {
      return control.stopped;
    },
    // After a wait it goes on finishing: nothing of it is prepared again.
    setState: (state, ...why) => control.setState(state === 'preparing' ? 'finishing' : state, ...why),
    setSent: bytes => control.setSent(bytes),
    setAcknowledged: bytes => control.setAcknowledged(bytes),
  };
}

/** What the storage has at the item's path now. */
export async function statTarget(session: UploadSession, signal: AbortSignal): Promise<Entry | undefined> {
  const { context, intent } = session;
  if (!context.adapter.stat) return undefined;
  return context.adapter.stat(intent.path, { signal });
}
