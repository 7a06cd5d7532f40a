import { TransferError } from '../../src/core/errors.js';

/** What the person wrote cannot be used; the message says what to write instead. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
}

/** What the person is told of a failure. JavaScript's own sentences are for its console; a picker closed is none. */
export function wordsOf(error: unknown): string {
  if (error instanceof TransferError || error instanceof Mistake) return error.message;
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError') return '';
  if (name === 'NotAllowedError') {
    return 'The browser did not let the page do this. Allow it in the browser, and try again.';
  }
  console.error(error);
  return 'This did not work, and the page cannot tell why. The browser’s console says more.';
}

/** What an adapter refuses of its options, with the fields called as the form calls them. */
export function wordsOfConnecting(
  error: unknown,
  fields: readonly { readonly name: string; readonly label: string }[],
): string {
  if (!(error instanceof TypeError)) return wordsOf(error);
  return error.message
    .replace(/^\w+\(\): /, '')
    .replace(/^\w+(?= must )/, name => `“${fields.find(field => field.name === name)?.label ?? name}”`)
    .replace(/^./, first => first.toUpperCase());
}

/** @throws Mistake for what is no address on the web. */
export function addressFrom(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new Mistake('This is no address. Write all of it, beginning with https://.');
}

/** Name of the file at an address; as it stands there where it is not written correctly. */
export function nameAt(url: URL, fallback: string): string {
  const name = url.pathname.split('/').at(-1) || fallback;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** @throws Mistake for what is no JSON object. */
export function jsonObjectFrom(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Mistake('This is no JSON object. Write names and values such as {"instrument": "M3"}.');
}
