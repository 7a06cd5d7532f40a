/**
 * The text of an answer's body, at most so much of it: what answers a request may be anything, also a page that never
 * ends.
 *
 * @param most In characters.
 * @returns `complete`: false when there was more, which was not read.
 */
export async function readText(
  response: Response,
  most: number,
): Promise<{ text: string; complete: boolean }> {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  // Reading piece by piece costs a small file more than its answer is worth. Compressed, these are 16 MiB at most.
  if (length <= Math.min(most, 16 * 1024)) return cut(await response.text(), most);
  const reader = response.body?.getReader();
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

const cut = (text: string, most: number): { text: string; complete: boolean } => ({
  text: text.slice(0, most),
  complete: text.length <= most,
});
