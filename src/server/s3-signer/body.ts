import { invalid, S3SignRefused } from './refusal.js';

/** Reads a JSON body of at most `limit` bytes. */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const tooLarge = () =>
    new S3SignRefused(
      413,
      'RequestTooLarge',
      `The request is larger than ${limit} bytes: ask for fewer at a time.`,
    );
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  const reader = request.body?.getReader();
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > limit) {
        await reader.cancel();
        throw tooLarge();
      }
      text += decoder.decode(value, { stream: true });
    }
    text += decoder.decode();
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof S3SignRefused) throw error;
    throw invalid('The request is no JSON.', 'InvalidJson');
  }
}
