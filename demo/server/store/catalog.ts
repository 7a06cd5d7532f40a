import { randomBytes } from 'node:crypto';
import type { DataFiles } from './data-files.js';
import { S3Error } from './errors.js';
import { Journal } from './journal.js';
import type { CorsRule, MultipartUpload, StoredObject, StoredPart } from './model.js';
import { SortedKeys } from './sorted-keys.js';

export interface Bucket {
  name: string;
  created: number;
  cors: CorsRule[] | undefined;
  keys: SortedKeys;
  objects: Map<string, StoredObject>;
  uploads: Map<string, MultipartUpload>;
}

type UploadRecord = Omit<MultipartUpload, 'parts'>;

export type Change =
  | { type: 'bucket'; bucket: string; created: number }
  | { type: 'bucket-cors'; bucket: string; rules: CorsRule[] | null }
  | { type: 'bucket-removed'; bucket: string }
  | { type: 'object'; bucket: string; key: string; object: StoredObject }
  | { type: 'object-removed'; bucket: string; key: string }
  | { type: 'upload'; bucket: string; upload: UploadRecord }
  | { type: 'part'; bucket: string; uploadId: string; number: number; part: StoredPart }
  | { type: 'upload-removed'; bucket: string; uploadId: string };

/** Everything the store knows apart from the bytes: held in memory, written to the journal first. */
export class Catalog {
  readonly buckets = new Map<string, Bucket>();
  readonly #journal: Journal<Change>;
  #loading = true;
  #replayed = 0;

  constructor(
    directory: string,
    readonly files: DataFiles,
  ) {
    this.#journal = new Journal<Change>(directory, change => {
      this.#apply(change);
      this.#replayed++;
    });
    this.#loading = false;
    let live = 0;
    for (const bucket of this.buckets.values()) {
      bucket.keys = new SortedKeys(bucket.objects.keys());
      live += bucket.objects.size + bucket.uploads.size;
    }
    if (this.#replayed > 1000 && this.#replayed > 2 * live) this.#journal.compact(this.#snapshot());
    files.sweep();
  }

  /** Writes the changes down, then makes them visible: all of them, before any other request runs. */
  commit(...changes: Change[]): void {
    this.#journal.append(changes);
    for (const change of changes) this.#apply(change);
  }

  /** @throws S3Error NoSuchBucket */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw new S3Error('NoSuchBucket', { details: { BucketName: name } });
    return bucket;
  }

  /** @throws S3Error NoSuchUpload */
  upload(bucket: Bucket, key: string, uploadId: string): MultipartUpload {
    const upload = bucket.uploads.get(uploadId);
    if (upload?.key !== key) throw new S3Error('NoSuchUpload', { details: { UploadId: uploadId } });
    return upload;
  }

  /** Ids sort by the time they were made, as ListMultipartUploads wants them. */
  newUploadId(now: number): string {
    return `${now.toString(36).padStart(9, '0')}${randomBytes(24).toString('hex')}`;
  }

  close(): void {
    this.#journal.close();
  }

  #apply(change: Change): void {
    if (change.type === 'bucket') {
      const { bucket: name, created } = change;
      this.buckets.set(name, {
        name,
        created,
        cors: undefined,
        keys: new SortedKeys(),
        objects: new Map(),
        uploads: new Map(),
      });
      return;
    }
    const bucket = this.buckets.get(change.bucket);
    if (!bucket) throw new Error('change of a bucket that does not exist');
    switch (change.type) {
      case 'bucket-cors':
        bucket.cors = change.rules ?? undefined;
        break;
      case 'bucket-removed':
        for (const upload of bucket.uploads.values()) this.#releaseUpload(upload);
        this.buckets.delete(change.bucket);
        break;
      case 'object': {
        // The new one is held before the old one is let go: they may share files.
        this.files.hold(change.object.segments);
        const old = bucket.objects.get(change.key);
        bucket.objects.set(change.key, change.object);
        if (old) this.files.release(old.segments);
        else if (!this.#loading) bucket.keys.add(change.key);
        break;
      }
      case 'object-removed': {
        const old = bucket.objects.get(change.key);
        if (!old) break;
        bucket.objects.delete(change.key);
        if (!this.#loading) bucket.keys.delete(change.key);
        this.files.release(old.segments);
        break;
      }
      case 'upload':
        bucket.uploads.set(change.upload.uploadId, { ...change.upload, parts: new Map() });
        break;
      case 'part': {
        const upload = bucket.uploads.get(change.uploadId);
        if (!upload) throw new Error('part of an upload that does not exist');
        this.files.hold(change.part.segments);
        const old = upload.parts.get(change.number);
        upload.parts.set(change.number, change.part);
        if (old) this.files.release(old.segments);
        break;
      }
      case 'upload-removed': {
        const upload = bucket.uploads.get(change.uploadId);
        if (upload) this.#releaseUpload(upload);
        bucket.uploads.delete(change.uploadId);
        break;
      }
    }
  }

  #releaseUpload(upload: MultipartUpload): void {
    for (const part of upload.parts.values()) this.files.release(part.segments);
  }

  *#snapshot(): Generator<Change> {
    for (const { name: bucket, created, cors, keys, objects, uploads } of this.buckets.values()) {
      yield { type: 'bucket', bucket, created };
      if (cors) yield { type: 'bucket-cors', bucket, rules: cors };
      for (const key of keys.from(() => true))
        yield { type: 'object', bucket, key, object: objects.get(key)! };
      for (const { parts, ...upload } of uploads.values()) {
        yield { type: 'upload', bucket, upload };
        for (const [number, part] of parts) {
          yield { type: 'part', bucket, uploadId: upload.uploadId, number, part };
        }
      }
    }
  }
}
