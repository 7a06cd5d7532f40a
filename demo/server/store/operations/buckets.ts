import type { Operation } from '../context.js';
import { parseCorsConfiguration, renderCorsConfiguration } from '../cors.js';
import { S3Error } from '../errors.js';
import { element, S3_NAMESPACE, xmlDocument } from '../xml.js';
import { parseXml } from '../xml-reader.js';
import { corsConfigured, noBody, readXmlBody, xmlHeaders } from './answers.js';

export const OWNER = { id: 'local-owner', name: 'local' };

/** @throws S3Error InvalidBucketName */
export function checkBucketName(name: string): void {
  const valid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !/\.\.|\.-|-\./.test(name) &&
    !/^\d+(\.\d+){3}$/.test(name);
  if (!valid) throw new S3Error('InvalidBucketName', { details: { BucketName: name } });
}

export const listBuckets: Operation = async (store, call) => {
  const buckets = [...store.catalog.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const xml = element(
    'ListAllMyBucketsResult',
    [
      element('Owner', [element('ID', OWNER.id), element('DisplayName', OWNER.name)]),
      element(
        'Buckets',
        buckets.map(({ name, created }) =>
          element('Bucket', [
            element('Name', name),
            element('CreationDate', new Date(created).toISOString()),
          ]),
        ),
      ),
    ],
    { xmlns: S3_NAMESPACE },
  );
  await call.respond(200, xmlHeaders, xmlDocument(xml));
};

export const createBucket: Operation = async (store, call) => {
  const xml = await readXmlBody(call);
  checkBucketName(call.bucket);
  if (xml.trim() !== '') {
    const location = parseXml(xml, 'CreateBucketConfiguration').value('LocationConstraint');
    if (location !== undefined && location !== '' && location !== store.region) {
      throw new S3Error('IllegalLocationConstraintException');
    }
  }
  if (store.catalog.buckets.has(call.bucket)) {
    // In its oldest region S3 answers the owner's second request with success.
    if (store.region !== 'us-east-1')
      throw new S3Error('BucketAlreadyOwnedByYou', { details: { BucketName: call.bucket } });
  } else store.catalog.commit({ type: 'bucket', bucket: call.bucket, created: store.clock() });
  await call.respond(200, { Location: `/${call.bucket}` });
};

export const headBucket: Operation = async (store, call) => {
  store.catalog.bucket(call.bucket);
  await call.respond(200, { 'x-amz-bucket-region': store.region });
};

export const deleteBucket: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  if (bucket.objects.size > 0) throw new S3Error('BucketNotEmpty', { details: { BucketName: call.bucket } });
  store.catalog.commit({ type: 'bucket-removed', bucket: call.bucket });
  await noBody(call);
};

export const getBucketLocation: Operation = async (store, call) => {
  store.catalog.bucket(call.bucket);
  const location = store.region === 'us-east-1' ? '' : store.region;
  await call.respond(
    200,
    xmlHeaders,
    xmlDocument(element('LocationConstraint', location, { xmlns: S3_NAMESPACE })),
  );
};

export const putBucketCors: Operation = async (store, call) => {
  store.catalog.bucket(call.bucket);
  const rules = parseCorsConfiguration(await readXmlBody(call));
  store.catalog.commit({ type: 'bucket-cors', bucket: call.bucket, rules });
  await call.respond(200);
};

export const getBucketCors: Operation = async (store, call) => {
  const rules = corsConfigured(store.catalog.bucket(call.bucket));
  await call.respond(200, xmlHeaders, renderCorsConfiguration(rules));
};

export const deleteBucketCors: Operation = async (store, call) => {
  store.catalog.bucket(call.bucket);
  store.catalog.commit({ type: 'bucket-cors', bucket: call.bucket, rules: null });
  await noBody(call);
};
