/** The real adapters, as a page sets them up. */
import type { Adapter } from '../../src/adapters/adapter.js';
import { deepLake } from '../../src/adapters/deep-lake/index.js';
import { deepOrigin } from '../../src/adapters/deep-origin/index.js';
import { invenio } from '../../src/adapters/invenio/index.js';
import { s3, signerEndpoint } from '../../src/adapters/s3/index.js';
import type { S3SignedRequest } from '../../src/adapters/s3/signing.js';
import { smartsBio } from '../../src/adapters/smarts-bio/index.js';
import { ubiops } from '../../src/adapters/ubiops/index.js';
import type { StorageAccess } from './protocol.js';

const MiB = 1024 ** 2;

/** Each call asks for the token of the moment: it may still end on its way. */
function tokens(url: string): () => Promise<string> {
  return async () => {
    const answer = await fetch(url);
    if (!answer.ok) throw Object.assign(new Error('No token.'), { status: answer.status });
    return answer.text();
  };
}

export function adapterOf(access: StorageAccess): Adapter {
  const { name, bucketUrls = [], signUrl = '', baseUrl = '', tokenUrl = '', place = '' } = access;
  const getToken = tokens(tokenUrl);
  switch (name) {
    case 's3':
      return s3({ bucketUrl: bucketUrls, ...signerEndpoint(signUrl), partsFrom: 5 * MiB });
    case 's3-put':
      // As the README shows it: no batches, and whatever the signer answers is taken for JSON.
      return s3({
        bucketUrl: bucketUrls,
        signRequest: async (request, { signal }): Promise<S3SignedRequest> => {
          const answer = await fetch(signUrl, { method: 'POST', body: JSON.stringify(request), signal });
          return (await answer.json()) as S3SignedRequest;
        },
        smallFilesByForm: false,
      });
    case 'deep-origin':
      return deepOrigin({ baseUrl, orgKey: place, getToken });
    case 'smarts-bio':
      return smartsBio({ baseUrl, workspaceId: place, getToken });
    case 'invenio':
      return invenio({ baseUrl, record: place, getToken, maxFiles: 10_000, partsFrom: 5 * MiB });
    case 'deep-lake':
      return deepLake({ baseUrl, workspace: place, getToken, fileNames: 'path' });
    case 'ubiops':
      return ubiops({ baseUrl, project: place, getToken, partsFrom: 8 * MiB });
  }
}
