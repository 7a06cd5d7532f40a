/**
 * The text of an answer's body, at most so much of it: what answers a request may be anything, also a page that never
 * ends.
 *
 * @param most In characters.
 * @returns `complete`: false when there was more, which was not read.
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  most: number,
): Promise<{ text: string; complete: boolean }> {
  const reader = body?.getReader();
  if (!reader) return { text: '', complete: true };
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    text += done ? decoder.decode() : decoder.decode(value, { stream: true });
    if (text.length > most) {
      if (!done) await reader.cancel();
      return { text: text.slice(0, most), complete: false };
    }
    if (done) return { text, complete: true };
  }
}
