import { isHandedOver } from '../transfer/sinks/sink.js';
import type { TransferJob } from '../transfer/types.js';
import type { AnnounceController } from './announce-controller.js';
import { foundNothing, hasEnded } from './job-controller.js';
import { jobName } from './job-name.js';
import type { LocalizeController } from './localize-controller.js';

const kindKey = {
  upload: 'transfers.kindUpload',
  download: 'transfers.kindDownload',
  remove: 'transfers.kindRemove',
  move: 'transfers.kindMove',
  copy: 'transfers.kindCopy',
} as const;

/** A job shown by two elements is announced by one: the first that asked, for as long as it is in the page. */
const owners = new WeakMap<TransferJob, JobAnnouncer>();

interface Told {
  state: TransferJob['snapshot']['state'] | undefined;
  /** Quarter last told, 0 to 3. */
  quarter: number;
  time: number;
}

/**
 * Tells screen readers how jobs begin, pass each quarter and end. A quarter is told only when nothing was said about
 * the job for some seconds, so a quick job is heard twice, not five times.
 */
export class JobAnnouncer {
  /** Milliseconds between two steps of one job. */
  static readonly pause = 8000;

  readonly #announcer: AnnounceController;
  readonly #localize: LocalizeController;
  readonly #told = new Map<TransferJob, Told>();

  constructor(announcer: AnnounceController, localize: LocalizeController) {
    this.#announcer = announcer;
    this.#localize = localize;
  }

  /** Takes a job over unless another element has it. `begun` jobs are not announced as started. */
  claim(job: TransferJob, begun = false): void {
    if (owners.has(job)) return;
    owners.set(job, this);
    const { state } = job.snapshot;
    this.#told.set(job, {
      state: begun ? state : undefined,
      quarter: Math.floor(job.snapshot.progress * 4),
      time: performance.now(),
    });
    this.update(job);
  }

  release(job: TransferJob): void {
    if (owners.get(job) === this) owners.delete(job);
    this.#told.delete(job);
  }

  releaseAll(): void {
    for (const job of [...this.#told.keys()]) this.release(job);
  }

  /** Call when the job moved. */
  update(job: TransferJob): void {
    const told = this.#told.get(job);
    if (!told || owners.get(job) !== this) return;
    const { snapshot } = job;
    const localize = this.#localize;
    const label = jobName(localize, job);
    const say = (text: string) => {
      told.time = performance.now();
      this.#announcer.announce(text);
    };
    if (snapshot.state !== told.state) {
      const first = told.state === undefined;
      told.state = snapshot.state;
      const { total: count, failed, done, skipped } = snapshot.files;
      if (snapshot.state === 'done' && isHandedOver(job.facts))
        say(localize.text('download.announceHandedOver', { name: label }));
      else if (foundNothing(snapshot)) say(localize.text('transfers.announceNothing', { label }));
      else if (snapshot.state === 'done') say(localize.text('transfers.announceDone', { label, count }));
      else if (snapshot.state === 'incomplete')
        say(
          failed > 0
            ? localize.text('transfers.announceIncomplete', { label, failed, count })
            : localize.text('transfers.announceEnded', { label, done: done + skipped, count }),
        );
      else if (snapshot.state === 'cancelled') say(localize.text('transfers.announceCancelled', { label }));
      else if (snapshot.state === 'paused') say(localize.text('transfers.announcePaused', { label }));
      else if (snapshot.state === 'waiting' && job.items.inState(['needs-answer'], 0, 1).length > 0)
        say(localize.text('transfers.announceNeedsAnswer', { label }));
      else if (snapshot.state === 'waiting')
        say(
          localize
            .text('transfers.announceWaiting', {
              label,
              reason: snapshot.reason ? localize.error(snapshot.reason) : '',
            })
            .trim(),
        );
      else if (first)
        say(localize.text('transfers.announceStarted', { kind: localize.text(kindKey[job.kind]), count }));
      return;
    }
    if (hasEnded(snapshot)) return;
    const quarter = Math.floor(snapshot.progress * 4);
    if (quarter <= told.quarter || performance.now() - told.time < JobAnnouncer.pause) return;
    told.quarter = quarter;
    say(localize.text('transfers.announceStep', { label, percent: localize.percent(quarter / 4) }));
  }
}
