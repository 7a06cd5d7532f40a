import type { Uppy } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';

/**
 * Makes `uppy.upload()` begin new files at once while it tries failed ones again; left alone it tries those first and
 * awaits their end, so one bad file keeps every good one waiting. Returns what takes the change back.
 */
export function uploadBesideRetries<M extends Meta, B extends Body>(uppy: Uppy<M, B>): () => void {
  const { upload } = uppy;
  const beside: typeof upload = async () => {
    const files = uppy.getFiles();
    const failed = files.some(({ error, missingRequiredMetaFields = [] }) =>
      Boolean(error && missingRequiredMetaFields.length === 0),
    );
    const fresh = files.some(({ error, progress }) => !error && progress.uploadStarted === null);
    if (!failed || !fresh) return upload.call(uppy);
    // The failed ones lose their errors and join an upload before `retryAll` first waits, so `upload` finds none.
    const [again, first] = await Promise.allSettled([uppy.retryAll(), upload.call(uppy)]);
    if (first.status === 'rejected') throw first.reason;
    if (again.status === 'rejected') throw again.reason;
    return {
      ...first.value,
      successful: [...(again.value?.successful ?? []), ...(first.value?.successful ?? [])],
      failed: [...(again.value?.failed ?? []), ...(first.value?.failed ?? [])],
    };
  };
  uppy.upload = beside;
  return () => {
    // Somebody else may have wrapped it since; then ours stays inside, and does no harm.
    if (uppy.upload === beside) Reflect.deleteProperty(uppy, 'upload');
  };
}
