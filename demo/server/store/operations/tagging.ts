import type { Call } from '../call.js';
import type { Operation, StoreContext } from '../context.js';
import type { StoredObject } from '../model.js';
import { parseTagging, renderTagging } from '../tags.js';
import { existingObject, noBody, readXmlBody, xmlHeaders } from './answers.js';

export const getObjectTagging: Operation = async (store, call) => {
  const object = existingObject(store.catalog.bucket(call.bucket), call.key);
  await call.respond(200, xmlHeaders, renderTagging(object.tags ?? {}));
};

export const putObjectTagging: Operation = async (store, call) => {
  existingObject(store.catalog.bucket(call.bucket), call.key);
  const tags = parseTagging(await readXmlBody(call));
  replaceTags(store, call, tags);
  await call.respond(200);
};

export const deleteObjectTagging: Operation = async (store, call) => {
  replaceTags(store, call, {});
  await noBody(call);
};

function replaceTags(store: StoreContext, call: Call, tags: Record<string, string>): void {
  const { tags: _, ...object }: StoredObject = existingObject(store.catalog.bucket(call.bucket), call.key);
  const changed = Object.keys(tags).length > 0 ? { ...object, tags } : object;
  store.catalog.commit({ type: 'object', bucket: call.bucket, key: call.key, object: changed });
}
