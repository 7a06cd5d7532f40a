import { createHash } from 'node:crypto';
import type { S3SignedRequest, S3SignRequest } from '../../../src/adapters/s3/signing.js';

/** Looks into the demo's bucket past the kit: asks the demo's signer for URLs and reads them from Node. */
export class Bucket {
  readonly #site: string;

  constructor(site: string) {
    this.#site = site.replace(/\/+$/, '');
  }

  async #send(request: S3SignRequest, body?: BodyInit): Promise<Response> {
    const signed = await fetch(`${this.#site}/api/sign`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    if (!signed.ok) throw new Error(`The signer answered ${signed.status}: ${await signed.text()}`);
    const { url, headers } = (await signed.json()) as S3SignedRequest;
    const answer = await fetch(url, {
      method: request.method,
      ...(headers ? { headers } : {}),
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok && answer.status !== 404) {
      throw new Error(
        `The storage answered ${answer.status} to ${request.operation}: ${await answer.text()}`,
      );
    }
    return answer;
  }

  /** Key → size of every object below a prefix. */
  async list(prefix: string): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    let token: string | undefined;
    do {
      const query = { prefix, 'encoding-type': 'url', ...(token ? { 'continuation-token': token } : {}) };
      const answer = await this.#send({ method: 'GET', key: '', operation: 'ListObjectsV2', query });
      const xml = await answer.text();
      for (const [, item = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const key = decodeURIComponent((/<Key>(.*?)<\/Key>/s.exec(item)?.[1] ?? '').replaceAll('+', ' '));
        found.set(key, Number(/<Size>(\d+)<\/Size>/.exec(item)?.[1]));
      }
      token = /<NextContinuationToken>(.*?)<\/NextContinuationToken>/.exec(xml)?.[1];
    } while (token);
    return found;
  }

  /** SHA-256 of an object's bytes as the storage gives them back; undefined when there is none. */
  async sha256(key: string): Promise<string | undefined> {
    const answer = await this.#send({ method: 'GET', key, operation: 'GetObject' });
    if (answer.status === 404) {
      await answer.body?.cancel();
      return undefined;
    }
    const hash = createHash('sha256');
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk);
    return hash.digest('hex');
  }

  /** SHA-256 of many objects, a few at a time. */
  async sha256Of(keys: Iterable<string>): Promise<Map<string, string | undefined>> {
    const hashes = new Map<string, string | undefined>();
    const queue = keys[Symbol.iterator]();
    const worker = async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) {
        hashes.set(next.value, await this.sha256(next.value));
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return hashes;
  }

  /** Keys with an unfinished multipart upload. */
  async unfinished(prefix: string): Promise<string[]> {
    const answer = await this.#send({
      method: 'GET',
      key: '',
      operation: 'ListMultipartUploads',
      query: { prefix },
    });
    return [...(await answer.text()).matchAll(/<Upload>.*?<Key>(.*?)<\/Key>/gs)].map(([, key = '']) => key);
  }

  /** Begins an upload in parts that nobody goes on with. */
  async begin(key: string): Promise<void> {
    await this.#send({ method: 'POST', key, operation: 'CreateMultipartUpload' });
  }

  async put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#send({ method: 'PUT', key, operation: 'PutObject', contentLength: bytes.length }, bytes);
  }

  async remove(key: string): Promise<void> {
    await this.#send({ method: 'DELETE', key, operation: 'DeleteObject' });
  }
}
