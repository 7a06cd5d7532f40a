import { checkKey, encodeUri, toHeaderValue } from '../address.js';
import type { Call } from '../call.js';
import { CHECKSUM_ALGORITHMS, checksumHeader } from '../checksums.js';
import type { Operation, StoreContext } from '../context.js';
import { S3Error } from '../errors.js';
import { readForm, type UploadForm } from '../form-data.js';
import type { StoredObject } from '../model.js';
import { checksumHeaders, keepHeaders } from '../object-headers.js';
import { checkPolicy, parsePolicy } from '../post-policy.js';
import { badChecksum } from '../request-checksums.js';
import { hmac, resolveSigningKey, sameText } from '../signing-key.js';
import { storeBytes } from '../store-bytes.js';
import { parseTagging } from '../tags.js';
import { element, xmlDocument } from '../xml.js';
import { quoted, xmlHeaders } from './answers.js';
import { checkRoom, MAX_BODY } from './write.js';

function missing(field: string): S3Error {
  return new S3Error('InvalidArgument', {
    message: `Bucket POST must contain a field named '${field}'.  If it is specified, please check the order of the fields.`,
    details: { ArgumentName: field },
  });
}

/** Upload by an HTML form: the signed policy in its fields is the permission. */
export const postObject: Operation = async (store, call) => {
  const form = await readForm(call.request.headers['content-type'], call.rawBody());
  const limits = permit(store, call, form);
  const { fields } = form;
  const bucket = store.catalog.bucket(call.bucket);
  const key = fields.get('key')!.replaceAll('${filename}', () => form.fileName.split(/[\\/]/).at(-1)!);
  if (key === '') throw missing('key');
  checkKey(key);
  call.log.key = key;
  checkRoom(store, 0);
  const headers = keepHeaders([...fields].map(([name, value]) => [name, toHeaderValue(value)]));
  const tagging = fields.get('tagging');
  const tags = tagging === undefined ? undefined : parseTagging(tagging);
  const algorithm = CHECKSUM_ALGORITHMS.find(name => fields.has(checksumHeader(name))) ?? 'CRC64NVME';
  const written = await storeBytes(store.files, limited(form.file, Math.min(limits.most, MAX_BODY)), [
    'MD5',
    algorithm,
  ]);
  try {
    if (written.size < limits.least) {
      throw new S3Error('EntityTooSmall', {
        details: { ProposedSize: written.size, MinSizeAllowed: limits.least },
      });
    }
    const value = written.digests.get(algorithm)!.toString('base64');
    const promised = fields.get(checksumHeader(algorithm));
    if (promised !== undefined && promised !== value) throw badChecksum(algorithm);
    const md5 = written.digests.get('MD5')!;
    const promisedMd5 = fields.get('content-md5');
    if (promisedMd5 !== undefined && promisedMd5 !== md5.toString('base64')) throw new S3Error('BadDigest');
    const object: StoredObject = {
      size: written.size,
      etag: md5.toString('hex'),
      lastModified: store.clock(),
      segments: written.segments,
      headers,
      checksum: { algorithm, value, type: 'FULL_OBJECT' },
      ...(tags ? { tags } : {}),
    };
    store.catalog.bucket(bucket.name);
    store.catalog.commit({ type: 'object', bucket: call.bucket, key, object });
    await answer(call, key, object, fields);
  } finally {
    store.files.release(written.segments);
  }
};

/** Checks signature and policy. @throws S3Error */
function permit(store: StoreContext, call: Call, { fields }: UploadForm): { least: number; most: number } {
  const policyText = fields.get('policy');
  if (policyText === undefined) throw new S3Error('AccessDenied', { refusedSignature: true });
  for (const name of ['key', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature']) {
    if (!fields.has(name)) throw missing(name);
  }
  if (fields.get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new S3Error('InvalidArgument', { message: 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256".' });
  }
  const now = store.clock();
  const key = resolveSigningKey(
    { credentials: store.credentials, region: store.region, now, expireEarly: 0 },
    fields.get('x-amz-credential')!,
    fields.get('x-amz-date')!,
    fields.get('x-amz-security-token'),
    'InvalidArgument',
  );
  if (!sameText(hmac(key.signingKey, policyText).toString('hex'), fields.get('x-amz-signature')!)) {
    throw new S3Error('SignatureDoesNotMatch', {
      refusedSignature: true,
      details: { AWSAccessKeyId: key.accessKeyId, StringToSign: policyText },
    });
  }
  const policy = parsePolicy(policyText);
  return checkPolicy(
    { ...policy, expiration: policy.expiration - store.faults.expireEarly },
    new Map(fields).set('bucket', call.bucket),
    now,
  );
}

async function* limited(source: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > most)
      throw new S3Error('EntityTooLarge', { details: { ProposedSize: size, MaxSizeAllowed: most } });
    yield piece;
  }
}

async function answer(
  call: Call,
  key: string,
  object: StoredObject,
  fields: ReadonlyMap<string, string>,
): Promise<void> {
  const base = `http://${call.log.host}${call.address.rawPath.replace(/\/$/, '')}`;
  const location = `${base}/${encodeUri(key, true)}`;
  const headers = { ETag: quoted(object.etag), Location: location, ...checksumHeaders(object.checksum) };
  const redirect = fields.get('success_action_redirect') ?? fields.get('redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    target.searchParams.set('bucket', call.bucket);
    target.searchParams.set('key', key);
    target.searchParams.set('etag', quoted(object.etag));
    return call.respond(303, { ...headers, Location: target.href });
  }
  switch (fields.get('success_action_status')) {
    case '200':
      return call.respond(200, headers);
    case '201': {
      const xml = element('PostResponse', [
        element('Location', location),
        element('Bucket', call.bucket),
        element('Key', key),
        element('ETag', quoted(object.etag)),
      ]);
      return call.respond(201, { ...headers, ...xmlHeaders }, xmlDocument(xml));
    }
    default:
      return call.respond(204, headers);
  }
}
