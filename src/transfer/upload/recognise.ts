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
  /** Those that could belong to several uploads. */
  const ambiguous = new Set<Chosen>();
  let others = files;
  // Those of the same name first: files of one size may begin alike, and each belongs to its own upload.
  for (const isSameName of [true, false]) {
    const left: Chosen[] = [];
    for (const file of others) {
      const open = uploads.filter(
        // Under another name its content has to be known: equal sizes and times alone are none.
        upload => isNamedLike(file, upload) === isSameName && (isSameName || upload.firstPart !== undefined),
      );
      // What could be either of two (disk images that begin alike) is left for the person to name.
      const owners = await ownersOf(file, open, hasher, !isSameName);
      const owner = await theOne(file, owners, hasher, isSameName);
      if (owner && !found.has(owner)) found.set(owner, file);
      else {
        left.push(file);
        if (owners.length > 1) ambiguous.add(file);
      }
    }
    others = left;
  }
  if (onlyByContent) return { found, unknown: others };
  // One of the same name is a new version: its upload says that it changed, and begins anew when the person wishes.
  const unknown = others.filter(file => {
    if (ambiguous.has(file)) return true;
    const owner = uploads.find(upload => !found.has(upload) && isNamedLike(file, upload));
    if (owner) found.set(owner, file);
    return !owner;
  });
  return { found, unknown };
}

/**
 * Of several uploads the one that a file belongs to: the only one that is in the same folder, or that has the same bytes
 * in every part on record.
 */
async function theOne(
  file: Chosen,
  owners: readonly KeptUpload[],
  hasher: Hasher,
  isSameName: boolean,
): Promise<KeptUpload | undefined> {
  if (owners.length < 2 || !isSameName) return owners.length === 1 ? owners[0] : undefined;
  const path = relativePath(file);
  const there = owners.filter(owner => owner.path === path || owner.path.endsWith(`/${path}`));
  if (there.length === 1 && path.includes('/')) return there[0];
  const alike = await ownersOf(file, owners, hasher, true);
  return alike.length === 1 ? alike[0] : undefined;
}

async function ownersOf(
  file: Chosen,
  uploads: readonly KeptUpload[],
  hasher: Hasher,
  everyPart: boolean,
): Promise<readonly KeptUpload[]> {
  const owners: KeptUpload[] = [];
  try {
    const opened = await openInput(file);
    for (const upload of uploads) {
      if ((await compareWithEarlier(upload, opened, hasher, { everyPart })) !== 'other') owners.push(upload);
    }
  } catch {
    // One that cannot be read keeps no other from going on.
  }
  return owners;
}
