import { nameOf } from '../../core/path.js';
import type { Hasher } from '../checksum/index.js';
import type { KeptUpload } from '../journal.js';
import type { UploadFile } from '../types.js';
import { compareWithEarlier } from './earlier-upload.js';
import { openInput, relativePath } from './inputs.js';

type Chosen = File | UploadFile;

export interface RecogniseOptions {
  readonly hasher: Hasher;
  /** A file of the same name and other content is of no use. */
  readonly onlyByContent: boolean;
}

/** Which of the files chosen again belongs to which upload: by its size and what it begins with, whatever it is called. */
export async function recognise(
  uploads: readonly KeptUpload[],
  files: readonly Chosen[],
  { hasher, onlyByContent }: RecogniseOptions,
): Promise<{ found: Map<KeptUpload, Chosen>; unknown: readonly Chosen[] }> {
  const found = new Map<KeptUpload, Chosen>();
  const isNamedLike = (file: Chosen, { path }: KeptUpload) => nameOf(path) === nameOf(relativePath(file));
  let others = files;
  // Those of the same name first: files of one size may begin alike, and each belongs to its own upload.
  for (const isSameName of [true, false]) {
    const left: Chosen[] = [];
    for (const file of others) {
      const open = uploads.filter(
        // Under another name its beginning has to be known: equal sizes and times alone are no content.
        upload => isNamedLike(file, upload) === isSameName && (isSameName || upload.firstPart !== undefined),
      );
      const owners = await ownersOf(file, open, hasher);
      // What could be either of two under other names (disk images that begin alike) is left for the person to name.
      const owner = isSameName || owners.length === 1 ? owners.find(each => !found.has(each)) : undefined;
      if (owner) found.set(owner, file);
      else left.push(file);
    }
    others = left;
  }
  if (onlyByContent) return { found, unknown: others };
  // One of the same name is a new version: its upload says that it changed, and begins anew when the person wishes.
  const unknown = others.filter(file => {
    const owner = uploads.find(upload => !found.has(upload) && isNamedLike(file, upload));
    if (owner) found.set(owner, file);
    return !owner;
  });
  return { found, unknown };
}

async function ownersOf(
  file: Chosen,
  uploads: readonly KeptUpload[],
  hasher: Hasher,
): Promise<readonly KeptUpload[]> {
  const owners: KeptUpload[] = [];
  try {
    const opened = await openInput(file);
    for (const upload of uploads) {
      if ((await compareWithEarlier(upload, opened, hasher)) !== 'other') owners.push(upload);
    }
  } catch {
    // One that cannot be read keeps no other from going on.
  }
  return owners;
}
