import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { below, isFolderMoved, type Relocation } from '../../core/jobs/relocation.js';
import { lastSegment } from '../../core/path.js';
import type { TransferContext } from '../context.js';
import { relocationRefusal } from '../operations/relocate-errors.js';
import { everythingBelow, walkBelow } from '../operations/tree.js';
import { isSameStorage, pathAt } from '../same-storage.js';

/** One thing that is carried from a storage to another. */
export interface CarryTask {
  readonly relocation: Relocation;
  readonly entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  /** An empty folder, which has no bytes to carry. */
  readonly folder: boolean;
}

/** Where it goes from and to. */
export interface CarryEnds {
  readonly source: TransferContext;
  readonly target: TransferContext;
  readonly move: boolean;
}

/** What is told, in the order in which it is found. */
export interface CarryFindings {
  add(task: CarryTask): void;
  refuse(relocation: Relocation, problem: TransferError): void;
  /** All that is in this folder has been found; once that is moved, it is empty. */
  foundAllOf(folder: string): void;
}

/** @throws TransferError (`not-supported`) when these storages cannot do it, whatever the files. */
export function requireAbilities({ source: from, target: to, move }: CarryEnds): void {
  const { adapter: source } = from;
  const { adapter: target } = to;
  const missing =
    (!source.resolveDownload && `${source.label} allows no downloads, so nothing can be copied from it.`) ||
    (!target.openUpload && `${target.label} takes no uploads.`) ||
    (move && !source.remove && `${source.label} does not allow deleting, so files can only be copied.`) ||
    (isSameStorage(source, target) &&
      target.capabilities.overwrite === 'new-identity' &&
      `${target.label} knows files by ids that never change: a copy would be another file, and what refers to this one would not find it.`);
  if (missing) throw new TransferError(missing, { kind: 'fatal', reason: 'not-supported' });
}

/**
 * Finds each file and empty folder that the relocations speak of.
 * @throws TransferError when a folder cannot be read, and when the only relocation is one that cannot be made.
 */
export async function findCarryTasks(
  ends: CarryEnds,
  relocations: readonly Relocation[],
  findings: CarryFindings,
  signal: AbortSignal,
): Promise<void> {
  for (const relocation of relocations) {
    if (signal.aborted) return;
    const { from, to } = relocation;
    const there = pathAt(ends.target.adapter, to, ends.source.adapter);
    const problem = there === undefined ? undefined : relocationRefusal({ ...relocation, to: there });
    if (problem && relocations.length === 1) throw problem;
    if (problem) findings.refuse(relocation, problem);
    else if (isFolderMoved(relocation)) await findContent(ends, relocation, findings, signal);
    else findings.add({ relocation, entry: { path: from, id: from, name: lastSegment(to) }, folder: false });
  }
}

async function findContent(
  { source: context, target }: CarryEnds,
  relocation: Relocation,
  findings: CarryFindings,
  signal: AbortSignal,
): Promise<void> {
  const { adapter: source } = context;
  const { from, to } = relocation;
  // Empty folders are looked for only where both storages keep some: it takes a request for each folder.
  const keepsFolders = source.createFolder !== undefined && target.adapter.createFolder !== undefined;
  let found = 0;
  for await (const { entry, empty } of keepsFolders
    ? walkBelow(context, from, signal)
    : filesBelow(context, from, signal)) {
    found += 1;
    const folder = entry.kind === 'folder';
    if (folder && !empty) continue;
    // Where files have no paths, the first part of what stands for one is an id that means nothing elsewhere.
    const pair =
      source.capabilities.folders === 'none'
        ? { from: entry.path, to: to + entry.name }
        : below(relocation, entry.path);
    findings.add({ relocation: pair, entry, folder });
  }
  if (found === 0 && from !== '' && keepsFolders) {
    findings.add({ relocation, entry: { path: from, id: from }, folder: true });
  }
  if (from !== '' && source.capabilities.folders !== 'none') findings.foundAllOf(from);
}

async function* filesBelow(context: TransferContext, folder: string, signal: AbortSignal) {
  for await (const entry of everythingBelow(context, folder, signal)) {
    if (entry.kind === 'file') yield { entry, empty: true };
  }
}
