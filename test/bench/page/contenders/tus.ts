import { Upload } from 'tus-js-client';
import { type Contender, connections, inParallel, partSize } from './contender.js';

function send(file: File, origin: string, parallelUploads: number): Promise<void> {
  return new Promise((done, fail) => {
    new Upload(file, {
      endpoint: `${origin}/tus`,
      chunkSize: partSize,
      parallelUploads,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onSuccess: () => done(),
      onError: fail,
    }).start();
  });
}

export const tus: Contender = {
  name: 'tus-js-client, parallel',
  large: (file, { origins }) => send(file, origins[0]!, connections),
  small: (files, { origins }) => inParallel(files, connections, file => send(file, origins[0]!, 1)),
};
