/** Refusals of the storages, which speak XML. */
import type { Exchange } from '../shared/index.js';
import { escapeXml } from './storage.js';

export class StorageRefusal extends Error {
  override readonly name = 'StorageRefusal';
  readonly status: number;
  readonly code: string;
  /** Further elements of the error. */
  readonly more: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, more: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

/** A route's handler whose refusals go out as `<Error><Code>…`. */
export function answeringXml(
  handle: (exchange: Exchange) => Promise<void>,
  codeHeader?: string,
): (exchange: Exchange) => Promise<void> {
  return async exchange => {
    try {
      await handle(exchange);
    } catch (error) {
      if (!(error instanceof StorageRefusal)) throw error;
      const { status, code, message, more } = error;
      const elements = Object.entries({ Code: code, Message: message, ...more })
        .map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`)
        .join('');
      await exchange.text(status, `<?xml version="1.0" encoding="UTF-8"?><Error>${elements}</Error>`, {
        'content-type': 'application/xml',
        ...(codeHeader ? { [codeHeader]: code } : {}),
      });
    }
  };
}
