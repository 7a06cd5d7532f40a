import type { ResumeState } from '../../adapters/adapter.js';
import { type KeptPart, noJournal } from '../journal.js';
import { hashFirstPart } from './earlier-upload.js';
import { handleOf } from './inputs.js';
import type { UploadSession } from './session.js';

const newId = (): string => `upload-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/** The journal's record of one upload in parts: from here alone it is written. */
export class UploadRecord {
  readonly #session: UploadSession;
  readonly id: string;

  /** `id`: of the record an earlier page wrote, when its upload goes on. */
  constructor(session: UploadSession, id = newId()) {
    this.#session = session;
    this.id = id;
  }

  begun(state: ResumeState, partSize: number): void {
    const { context, intent, opened, input, verify, expectsFree } = this.#session;
    const { journal, hasher } = context;
    if (journal === noJournal) return;
    const { path, type, checksum, metadata, createOnly } = intent;
    const record = {
      id: this.id,
      storage: context.storage,
      path,
      size: opened.size,
      modified: opened.modified,
      partSize,
      state,
      started: Date.now(),
      wishes: {
        type,
        checksum,
        // A page's own object may be a proxy, which IndexedDB does not take.
        ...(metadata === undefined ? {} : { metadata: JSON.parse(JSON.stringify(metadata)) }),
        ...(createOnly === undefined ? {} : { createOnly }),
        ...(verify === undefined ? {} : { verify }),
        ...(expectsFree ? { expectsFree } : {}),
      },
    };
    journal.begun(record, handleOf(input));
    // Beside sending; a file that cannot be read is told when its parts are.
    hashFirstPart(hasher, opened.blob, partSize).then(
      hash => journal.identified(this.id, hash),
      () => {},
    );
  }

  partDone(part: KeptPart): void {
    this.#session.context.journal.partDone(this.id, part);
  }

  /** What is left of it is not this page's any more; it stays on record. */
  released(): void {
    this.#session.context.journal.release(this.id);
  }

  ended(how: 'completed' | 'aborted'): void {
    this.#session.context.journal.ended(this.id, how);
  }
}
