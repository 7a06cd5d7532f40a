import type { ItemResult } from '../../adapters/adapter.js';
import type { EntryMetadata } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { patiently } from '../patiently.js';
import { asTransferError } from '../transfer-errors.js';

/**
 * What to change of a file's metadata. Headers, pairs and tags that are named are set, an empty value takes one away,
 * and what is not named stays. A function is given what is there; undefined: nothing. Where a storage takes metadata and
 * does not give it back (smarts.bio), values can only be set: functions and empty values are refused.
 */
export type MetadataChange =
  | EntryMetadata
  | ((path: string, current: EntryMetadata) => EntryMetadata | undefined);

const atOnce = 6;

/** Changes the metadata of many files. Each has its own result; one that fails does not keep the others. */
export async function updateMetadata(
  context: TransferContext,
  paths: readonly string[],
  change: MetadataChange,
  signal: AbortSignal,
): Promise<ItemResult[]> {
  const { adapter } = context;
  if (!adapter.writeMetadata) {
    throw new TransferError(`${adapter.label} keeps no metadata that could be changed.`, {
      kind: 'fatal',
      reason: 'not-supported',
    });
  }
  if (!adapter.readMetadata && needsCurrent(change)) {
    throw new TransferError(
      `${adapter.label} does not tell what metadata a file has, so its values can be set, but neither taken away nor changed by a rule.`,
      { kind: 'fatal', reason: 'not-supported' },
    );
  }
  const results: ItemResult[] = [];
  let next = 0;
  const updateSome = async (): Promise<void> => {
    while (next < paths.length) {
      signal.throwIfAborted();
      const at = next++;
      const path = paths[at]!;
      try {
        await updateOne(context, path, change, signal);
        results[at] = { path };
      } catch (error) {
        signal.throwIfAborted();
        results[at] = { path, error: asTransferError(error, path) };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, updateSome));
  return results;
}

/** Whether a change cannot be made without knowing what is there. */
function needsCurrent(change: MetadataChange): boolean {
  if (typeof change === 'function') return true;
  return [change.custom, change.tags].some(pairs => Object.values(pairs ?? {}).includes(''));
}

async function updateOne(
  context: TransferContext,
  path: string,
  change: MetadataChange,
  signal: AbortSignal,
): Promise<void> {
  const { adapter } = context;
  const reading = patiently(context, { signal }, async () => adapter.readMetadata?.(path, { signal }));
  const current = (await reading) ?? {};
  const changed = typeof change === 'function' ? change(path, current) : change;
  if (!changed) return;
  const { headers, custom, tags } = changed;
  await patiently(context, { signal }, () =>
    adapter.writeMetadata!(
      path,
      {
        // The contract changes headers one by one, and replaces pairs and tags as a whole.
        ...(headers ? { headers } : {}),
        ...(custom ? { custom: merged(current.custom, custom) } : {}),
        ...(tags ? { tags: merged(current.tags, tags) } : {}),
      },
      { signal },
    ),
  );
}

function merged(
  before: Readonly<Record<string, string>> = {},
  change: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== ''));
}
