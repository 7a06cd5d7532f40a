import type { PartReceipt, ResumeState } from '../../adapters/adapter.js';
import { handleOf } from './inputs.js';
import type { UploadSession } from './session.js';

/** The journal's record of one upload in parts: from here alone it is written. */
export class UploadRecord {
  readonly #session: UploadSession;
  readonly #id: string;

  /** `id`: of the record an earlier page wrote, when its upload goes on. */
  constructor(session: UploadSession, id = `upload-${Math.random().toString(36).slice(2)}`) {
    this.#session = session;
    this.#id = id;
  }

  begun(state: ResumeState, partSize: number): void {
    const { context, intent, opened, input } = this.#session;
    context.journal.begun(
      {
        id: this.#id,
        adapter: context.adapter.name,
        path: intent.path,
        size: opened.size,
        modified: opened.modified,
        partSize,
        state,
      },
      handleOf(input),
    );
  }

  partDone(receipt: PartReceipt): void {
    this.#session.context.journal.partDone(this.#id, receipt);
  }

  ended(how: 'completed' | 'aborted'): void {
    this.#session.context.journal.ended(this.#id, how);
  }
}
