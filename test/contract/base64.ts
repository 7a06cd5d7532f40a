/** Bytes that travelled in JSON; undefined for null. */
export function fromBase64(text: string | null): Uint8Array | undefined {
  return text === null ? undefined : Uint8Array.from(atob(text), character => character.charCodeAt(0));
}
