import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type Adapter, can } from '../adapters/adapter.js';
import type { TransferManager } from '../transfer/manager.js';
import type {
  Conflict,
  ConflictAnswer,
  DownloadOptions,
  TransferJob,
  UploadInput,
  UploadOptions,
  UploadSource,
} from '../transfer/types.js';

/** A question that is open. */
export interface ConflictQuestion {
  readonly kind: 'upload' | 'download';
  readonly conflict: Conflict;
  /** When the new file was last changed, milliseconds since 1970, where known. */
  readonly modified: number | undefined;
  /** What can be done, the one that loses nothing first. */
  readonly choices: readonly ConflictChoice[];
  /** How many more files of the same job wait for an answer now. */
  readonly others: number;
  /** Whether the person was asked about another file of the same job before. */
  readonly isRepeated: boolean;
}

export type ConflictChoice = Exclude<ConflictAnswer, 'cancel'>;

/** The answers of one job. */
interface Asking {
  job: TransferJob | undefined;
  readonly kind: ConflictQuestion['kind'];
  readonly choices: readonly ConflictChoice[];
  modifiedOf(conflict: Conflict): number | undefined;
  /** For all the rest. */
  answer: ConflictAnswer | undefined;
  /** Files that were asked about. One that comes again was tried again by the person, who wants to be asked. */
  readonly asked: Set<number>;
}

interface Waiting {
  readonly conflict: Conflict;
  readonly asking: Asking;
  readonly answer: (answer: ConflictAnswer) => void;
}

/** Where the question about a job can be found, for elements that show the job but not the question. */
const askers = new WeakMap<TransferJob, ConflictController>();

/** Moves the focus to the open question of this job. False: none is open. */
export function focusQuestionOf(job: TransferJob): boolean {
  return askers.get(job)?.focus(job) ?? false;
}

/** What can be done about a taken name at this storage, the choice that loses nothing first. */
export function conflictChoices(adapter: Adapter): readonly ConflictChoice[] {
  const { overwrite } = adapter.capabilities;
  const replaces = overwrite === 'replace' || (overwrite === 'delete-first' && can(adapter, 'remove'));
  return replaces ? ['rename', 'replace', 'skip-same', 'skip'] : ['rename', 'skip'];
}

/** When the files were last changed, by the path they go to. */
function timesOf(files: UploadSource, into: string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  if (!(Symbol.iterator in files)) return times;
  for (const input of files as Iterable<UploadInput>) {
    if (input instanceof File) times.set(into + (input.webkitRelativePath || input.name), input.lastModified);
    else if ('file' in input && input.modified !== undefined) times.set(into + input.path, input.modified);
  }
  return times;
}

/**
 * Asks the person what to do when a name is taken: one question at a time; an answer can hold for the rest of the same
 * job. Start jobs through {@link upload} and {@link download}, and show `conflictDialog(controller, …)` in the host's template.
 */
export class ConflictController implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  #queue: Waiting[] = [];
  #listening: AbortController | undefined;
  #returnTo: HTMLElement | undefined;
  #followed: TransferJob | undefined;
  #hadFocus = false;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  /** `manager.upload` with a person to ask; `conflict` is `ask` unless the options say otherwise. */
  upload(manager: TransferManager, files: UploadSource, options: UploadOptions): TransferJob {
    const { conflict = 'ask' } = options;
    if (conflict !== 'ask') return manager.upload(files, { ...options, conflict });
    // A stream of files is read once, by the upload.
    const times = Array.isArray(files) ? timesOf(files, options.into ?? '') : undefined;
    const asking: Asking = {
      kind: 'upload',
      job: undefined,
      choices: conflictChoices(manager.adapter),
      modifiedOf: ({ item }) => times?.get(item.path),
      answer: undefined,
      asked: new Set(),
    };
    asking.job = manager.upload(files, {
      ...options,
      conflict,
      onConflict: asked => this.#ask(asked, asking),
    });
    return asking.job;
  }

  /** `manager.download` with a person to ask; `conflict` is `ask` unless the options say otherwise. */
  download(
    manager: TransferManager,
    paths: Parameters<TransferManager['download']>[0],
    options: DownloadOptions,
  ): TransferJob {
    const { conflict = 'ask' } = options;
    if (conflict !== 'ask') return manager.download(paths, { ...options, conflict });
    const asking: Asking = {
      kind: 'download',
      job: undefined,
      // What is the same is never asked about.
      choices: ['rename', 'replace', 'skip'],
      modifiedOf: ({ modified }) => modified,
      answer: undefined,
      asked: new Set(),
    };
    asking.job = manager.download(paths, {
      ...options,
      conflict,
      onConflict: asked => this.#ask(asked, asking),
    });
    return asking.job;
  }

  /** The question that is open. */
  get question(): ConflictQuestion | undefined {
    const first = this.#queue[0];
    if (!first) return undefined;
    const { conflict, asking } = first;
    const { kind, choices } = asking;
    const unanswered = asking.job?.items.inState(['needs-answer']) ?? [];
    return {
      kind,
      conflict,
      modified: asking.modifiedOf(conflict),
      choices,
      others: unanswered.filter(index => index !== conflict.item.index).length,
      isRepeated: asking.asked.size > 1,
    };
  }

  /** Answers the open question. `rest`: all the others of this job as well. */
  answer(answer: ConflictAnswer, rest: boolean): void {
    const question = this.#queue.shift();
    if (!question) return;
    const { asking } = question;
    if (rest) {
      asking.answer = answer;
      const same = this.#queue.filter(other => other.asking === asking);
      this.#queue = this.#queue.filter(other => other.asking !== asking);
      // Only these can come again, when they were put off; the answer holds for whatever else comes.
      asking.asked.clear();
      for (const { conflict } of [question, ...same]) asking.asked.add(conflict.item.index);
      for (const other of same) other.answer(answer);
    }
    question.answer(answer);
    this.#host.requestUpdate();
  }

  /** Moves the focus to the question, if it is about this job. */
  focus(job: TransferJob): boolean {
    if (this.#queue[0]?.asking.job !== job) return false;
    const { dialog } = this;
    dialog?.querySelector<HTMLElement>('[data-answer]')?.focus();
    return dialog !== null;
  }

  /** Whether the person is at the question. */
  get hasFocus(): boolean {
    return this.dialog?.contains(this.#host.shadowRoot?.activeElement ?? null) ?? false;
  }

  hostUpdate(): void {
    // With the last answer its buttons go, and the focus with them.
    this.#hadFocus = this.hasFocus;
  }

  hostUpdated(): void {
    const { dialog } = this;
    if (!dialog?.isConnected) return;
    const isOpen = dialog.matches(':popover-open');
    if (this.#queue.length > 0 && !isOpen) this.#open(dialog);
    else if (this.#queue.length === 0 && isOpen) this.#close(dialog);
    this.#follow(this.#queue[0]?.asking.job);
  }

  hostDisconnected(): void {
    this.#follow(undefined);
    // Nobody can answer any more: the files that are there stay, and the list shows which ones were not stored.
    for (const question of this.#queue.splice(0)) question.answer('cancel');
  }

  /** The dialog in the host's shadow root. */
  get dialog(): HTMLElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLElement>('.conflict') ?? null;
  }

  #ask(conflict: Conflict, asking: Asking): Promise<ConflictAnswer> {
    // Nobody can answer: the file that is there stays, and the list shows which one was not stored.
    if (!this.#host.isConnected) return Promise.resolve('cancel');
    const { index } = conflict.item;
    if (asking.asked.has(index)) asking.answer = undefined;
    asking.asked.add(index);
    if (asking.answer) return Promise.resolve(asking.answer);
    return new Promise(answer => {
      const waiting: Waiting = { conflict, asking, answer };
      this.#queue.push(waiting);
      if (asking.job) askers.set(asking.job, this);
      this.#host.requestUpdate();
    });
  }

  /** Not modal: what else is on the page goes on, and a question about one file must not lock it. */
  #open(dialog: HTMLElement): void {
    const active = deepActiveElement();
    dialog.showPopover();
    // Whoever is typing, or is asked something else, keeps the focus; the question is told to screen readers anyway.
    if (active?.matches('input, textarea, select, [contenteditable]') || document.querySelector(':modal'))
      return;
    this.#returnTo = active;
    dialog.querySelector<HTMLElement>('[data-answer]')?.focus();
  }

  #close(dialog: HTMLElement): void {
    dialog.hidePopover();
    if (this.#hadFocus && this.#returnTo?.isConnected) this.#returnTo.focus();
    this.#returnTo = undefined;
  }

  /** Keeps the number of files that wait right, and lets go of a question whose file was cancelled elsewhere. */
  #follow(job: TransferJob | undefined): void {
    if (job === this.#followed) return;
    this.#listening?.abort();
    this.#followed = job;
    if (!job) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const look = () => {
      const open = new Set(job.items.inState(['needs-answer']));
      const gone = this.#queue.filter(
        ({ asking, conflict }) =>
          asking.job === job &&
          !open.has(conflict.item.index) &&
          ['cancelled', 'paused', 'failed'].includes(job.items.at(conflict.item.index)?.state ?? ''),
      );
      this.#queue = this.#queue.filter(waiting => !gone.includes(waiting));
      for (const { answer } of gone) answer('cancel');
      this.#host.requestUpdate();
    };
    job.addEventListener('itemchange', look, { signal });
    job.addEventListener('statechange', look, { signal });
  }
}

function deepActiveElement(): HTMLElement | undefined {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement && active !== document.body ? active : undefined;
}
