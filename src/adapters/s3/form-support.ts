import { TransferError } from '../../core/errors.js';

/** What signers say of an operation that they do not sign. */
const noSuchOperation = new Set(['OperationNotAllowed', 'InvalidOperation']);

/**
 * Whether files can go up by form. Signers and storages without forms tell only when they are asked, and a signer's
 * refusal may as well be about the one file: then all other files still go by form.
 */
export class FormSupport {
  #offered: boolean;
  /** The signer has signed a form before: what it refuses now is the file. */
  #proven = false;
  /** Keys of files whose form was refused for an unknown reason: they try a plain request. */
  readonly #doubted = new Set<string>();

  constructor(offered: boolean) {
    this.#offered = offered;
  }

  get offered(): boolean {
    return this.#offered;
  }

  offeredFor(key: string): boolean {
    return this.#offered && !this.#doubted.has(key);
  }

  switchOff(): void {
    this.#offered = false;
    this.#doubted.clear();
  }

  formSigned(): void {
    this.#proven = true;
  }

  /** The signer refused a form. Returns whether the file is worth another try without one. */
  formRefused(key: string, error: unknown): boolean {
    if (!(error instanceof TransferError) || error.kind !== 'fatal') return false;
    if (noSuchOperation.has(error.serverCode ?? '')) {
      this.switchOff();
      return true;
    }
    if (this.#proven || error.reason !== 'signer') return false;
    this.#doubted.add(key);
    return true;
  }

  /** What became of the plain request of a file. Signed after its form was refused: it was the form. */
  requestSigned(key: string): void {
    if (this.#doubted.has(key) && !this.#proven) this.switchOff();
    this.#doubted.delete(key);
  }

  requestRefused(key: string): void {
    this.#doubted.delete(key);
  }
}
