/** Runs in the page: uploads through the real @uppy/aws-s3, signed by an endpoint of ours. */

import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';

export interface UppyRun {
  /** Where to ask for signatures. */
  signer: string;
  files: { name: string; type: string; size: number }[];
  multipart: boolean;
  /** What to do when the first part has arrived. */
  afterFirstPart?: 'pause and resume' | 'cancel';
}

export interface UppyOutcome {
  done: { name: string; key: string; sha256: string }[];
  failed: { name: string; message: string }[];
}

async function run({ signer, files, multipart, afterFirstPart }: UppyRun): Promise<UppyOutcome> {
  const uppy = new Uppy();
  uppy.use(AwsS3, {
    shouldUseMultipart: multipart,
    getChunkSize: () => 5 * 1024 ** 2,
    generateObjectKey: file => file.name,
    signRequest: async request => {
      const response = await fetch(signer, { method: 'POST', body: JSON.stringify(request) });
      const answer = await response.json();
      if (answer.error) throw new Error(answer.error.message);
      return answer;
    },
  });
  const hashes = new Map<string, string>();
  for (const { name, type, size } of files) {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    hashes.set(name, Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join(''));
    uppy.addFile({ name, type, data: new File([bytes], name, { type }) });
  }
  const keys = new Map<string, string>();
  uppy.on('upload-success', (file, response) => {
    keys.set(file!.id, String((response.body as { key?: string } | undefined)?.key));
  });
  if (afterFirstPart) {
    let first = true;
    uppy.on('s3-multipart:part-uploaded', () => {
      if (!first) return;
      first = false;
      // Not within the event: the uploader still has to note the part.
      setTimeout(() => {
        if (afterFirstPart === 'cancel') return uppy.cancelAll();
        uppy.pauseAll();
        setTimeout(() => uppy.resumeAll(), 100);
      });
    });
  }
  const cancelled = new Promise<undefined>(resolve => uppy.once('cancel-all', () => resolve(undefined)));
  const result = await Promise.race([uppy.upload(), cancelled]);
  const outcome: UppyOutcome = {
    done: (result?.successful ?? []).map(file => ({
      name: file.name!,
      key: keys.get(file.id)!,
      sha256: hashes.get(file.name!)!,
    })),
    failed: (result?.failed ?? []).map(file => ({ name: file.name!, message: String(file.error) })),
  };
  if (afterFirstPart !== 'cancel') uppy.destroy();
  return outcome;
}

declare global {
  var uploadWithUppy: (run: UppyRun) => Promise<UppyOutcome>;
}
globalThis.uploadWithUppy = run;
