/** The question about a file that is in the person's folder already, and is another one. */
import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import { type ItemControl, PutOff } from '../item-run.js';
import type { LocalAnswer } from '../sinks/directory.js';
import type { Conflict, DownloadOptions } from '../types.js';
import type { Turns } from '../upload/turns.js';

export interface LocalQuestion {
  readonly onConflict: DownloadOptions['onConflict'];
  /** One person is asked one question at a time. */
  readonly turns: Turns;
  readonly control: ItemControl;
  item(): Conflict['item'];
  /** Of the file at the storage, milliseconds since 1970. */
  readonly modified: number | undefined;
}

/** Rejects with {@link PutOff} for an answer that is to be given another time. */
export async function askPerson(question: LocalQuestion, existing: File): Promise<LocalAnswer> {
  const { onConflict, turns, control, modified } = question;
  // Nobody can be asked, and nothing is lost.
  if (!onConflict) return 'rename';
  const { signal } = control;
  control.setState('needs-answer');
  const answered = turns.take(async () => {
    signal.throwIfAborted();
    return onConflict({
      item: question.item(),
      ...(modified === undefined ? {} : { modified }),
      existing: { size: existing.size, modified: existing.lastModified },
    });
  });
  // Cancel and pause do not wait for an answer.
  const answer = await abortable(answered, signal);
  signal.throwIfAborted();
  if (answer === 'cancel') {
    throw new PutOff(
      new TransferError(`There is another file “${existing.name}” in the folder; it was left as it is.`, {
        kind: 'fatal',
        reason: 'exists',
      }),
    );
  }
  control.setState('preparing');
  // That it is not the same is known by now.
  return answer === 'skip-same' ? 'replace' : answer;
}
