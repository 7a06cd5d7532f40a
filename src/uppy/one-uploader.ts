import type { Uppy } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';

interface Plugin {
  readonly id: string;
  readonly type: string;
}

/** Uppy runs all uploaders it has, one after the other, on the same files: each would store them once more. */
export function refuseSecondUploader<M extends Meta, B extends Body>(uppy: Uppy<M, B>, id: string): void {
  uppy.iteratePlugins(({ type, id: other }: Plugin) => {
    if (type === 'uploader') throw twoUploaders(other, id);
  });
}

/** Likewise one that is added later: it is taken out again. */
export function refuseLaterUploader<M extends Meta, B extends Body>(
  uppy: Uppy<M, B>,
  own: Plugin,
  added: Plugin,
): void {
  if (added.type !== 'uploader' || added === own) return;
  uppy.removePlugin(added as never);
  throw twoUploaders(own.id, added.id);
}

const twoUploaders = (first: string, second: string): TypeError =>
  new TypeError(
    `This Uppy uploads by “${first}” already, and “${second}” would store every file a second time. Remove the first one before, or make another Uppy for another storage.`,
  );
