/** `ubiops-file://bucket/path`: how other parts of the platform (deployments, pipelines, requests) name a file. */
import { invalid } from './errors.js';

const SCHEME = 'ubiops-file://';

export function fileUri(bucket: string, path: string): string {
  return `${SCHEME}${bucket}/${path}`;
}

/** @throws TransferError (`invalid-input`) for anything else. */
export function parseFileUri(uri: string): { bucket: string; path: string } {
  const slash = uri.indexOf('/', SCHEME.length);
  const bucket = uri.slice(SCHEME.length, slash);
  const path = uri.slice(slash + 1);
  if (!uri.startsWith(SCHEME) || slash < 0 || bucket === '' || path === '') {
    throw invalid('This is no address of a file at UbiOps. They look like ubiops-file://bucket/path.');
  }
  return { bucket, path };
}
