/** What the page said of its files, and whether the trouble of that moment explains it. */
import { type FileRecord, Ledger } from './ledger.js';
import type { PlannedFile } from './plan.js';
import type { ItemReport } from './protocol.js';
import { isExplained } from './reasons.js';
import type { Troubles } from './trouble.js';

/** An end that the page told, and whether there was trouble that it may come from. */
export interface Judged {
  readonly file: FileRecord;
  readonly report: ItemReport;
  readonly explained: boolean;
}

export class Account {
  readonly ledger: Ledger;
  /** How often what happened. */
  readonly counts = new Map<string, number>();
  /** What never may happen, and did. */
  readonly violations: string[] = [];
  readonly failures: Judged[] = [];
  readonly downloads: Judged[] = [];
  readonly #troubles: Troubles;
  readonly #say: (line: string) => void;

  constructor(planned: readonly PlannedFile[], troubles: Troubles, say: (line: string) => void) {
    this.ledger = new Ledger(planned);
    this.#troubles = troubles;
    this.#say = say;
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** A file of an upload has another state. Returns whether it has just been stored. */
  moved(file: FileRecord, item: ItemReport): boolean {
    file.last = item;
    const { state } = item;
    if (state === 'done' || state === 'skipped') {
      if (file.state !== 'done') file.ended = Date.now();
      file.state = 'done';
      this.count(`proven by ${item.level ?? item.skipped ?? 'nothing'}`);
      return true;
    }
    if (state === 'cancelled') {
      file.state = 'cancelled';
      file.ended = Date.now();
      if (!file.cancelled) this.violations.push(`cancelled by nobody: ${file.storage} ${file.path}`);
    } else if (state === 'failed') {
      file.state = 'failed';
      file.ended = Date.now();
      this.#failed(file, item);
    } else file.state = 'given';
    return false;
  }

  #failed(file: FileRecord, report: ItemReport): void {
    const { reason = '' } = report;
    const isName = reason === 'invalid-name' && (file.isImpossible || file.isDubious);
    const explained = file.isImpossible
      ? isName
      : isName ||
        (isExplained(reason, this.#troubles.during(file.given - 2000, Date.now())) &&
          (file.tampered || (reason !== 'changed-local' && reason !== 'unreadable')));
    this.failures.push({ file, report, explained });
    this.#say(`failed: ${file.storage} ${JSON.stringify(file.path)} ${reason} ${report.message ?? ''}`);
  }

  /** A download has ended. `began`: milliseconds since 1970. */
  downloaded(file: FileRecord, report: ItemReport, began: number): void {
    const explained = isExplained(report.reason ?? '', this.#troubles.during(began - 2000, Date.now()));
    this.downloads.push({ file, report, explained });
  }
}
