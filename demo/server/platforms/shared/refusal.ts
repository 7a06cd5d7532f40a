/** A request that a stand-in refuses. Each platform writes it down in its own envelope. */
export interface RefusalDetails {
  /** The platform's own word for it. */
  readonly code?: string;
  readonly message?: string;
  /** What else the platform's envelope says. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, { code, message, details, headers = {} }: RefusalDetails = {}) {
    super(message ?? `Refused with ${status}.`);
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}
