import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { type Contender, partSize } from './contender.js';

function createUppy(origin: string) {
  return new Uppy({ id: `bench-${Math.random()}`, autoProceed: false }).use(AwsS3, {
    getChunkSize: () => partSize,
    limit: 6,
    signRequest: async (request: { method: string; key: string; uploadId?: string; partNumber?: number }) => {
      const { method, key, uploadId, partNumber } = request;
      const query = new URLSearchParams({ run: String(Math.random()) });
      if (uploadId) query.set('uploadId', uploadId);
      if (partNumber) query.set('partNumber', String(partNumber));
      if (method === 'POST' && !uploadId) query.set('uploads', '');
      return { url: `${origin}/${encodeURIComponent(key)}?${query}` };
    },
  });
}

async function send(files: readonly File[], origin: string): Promise<void> {
  const uppy = createUppy(origin);
  uppy.addFiles(files.map(file => ({ name: file.name, type: file.type, data: file, source: 'bench' })));
  const result = await uppy.upload();
  uppy.destroy();
  if (result?.failed?.length || result?.successful?.length !== files.length) {
    throw new Error(`Uppy failed: ${result?.failed?.[0]?.error}`);
  }
}

export const uppyS3: Contender = {
  name: '@uppy/aws-s3 6',
  large: (file, { origins }) => send([file], origins[0]!),
  small: (files, { origins }) => send(files, origins[0]!),
  async enqueue(files) {
    const uppy = createUppy('http://127.0.0.1:1');
    uppy.addFiles(files.map(file => ({ name: file.name, type: file.type, data: file, source: 'bench' })));
    if (uppy.getFiles().length !== files.length) throw new Error('Uppy lost files');
    uppy.destroy();
  },
};
