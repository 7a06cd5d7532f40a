/** What came of one file. */
import type { DownloadSource } from '../../adapters/adapter.js';
import type { Checksum, Verification } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import type { Conversation } from './conversation.js';
import type { Judgement } from './file-check.js';

export interface FileOutcome {
  readonly size: number;
  readonly etag: string | undefined;
  readonly version: string | undefined;
  readonly checksums: readonly Checksum[];
  readonly verified: Verification;
  readonly response:
    | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
    | undefined;
  readonly content: Blob | undefined;
  readonly savedAs: string | undefined;
}

/** What may be claimed after `judgement` for `size` bytes that came. */
export function proofOf(
  judgement: Judgement,
  size: number,
  talk: Conversation,
  source: DownloadSource | undefined,
): Verification {
  if (typeof judgement === 'object') return judgement;
  const said = source?.kind === 'url' ? talk.knownSize(source) : size;
  const counted = talk.first?.total !== undefined;
  return { level: counted || said === size ? 'size' : 'none', by: 'page' };
}

/** What the storage told of the file beside its bytes. */
export function aboutFile(
  talk: Conversation,
  source: DownloadSource | undefined,
  entry: Partial<Entry>,
): Pick<FileOutcome, 'etag' | 'version' | 'response'> {
  const { first } = talk;
  return {
    etag: first?.etag ?? source?.etag ?? entry.etag,
    version: source?.kind === 'url' ? source.version : undefined,
    response:
      first === undefined || first.status === 0
        ? undefined
        : { status: first.status, headers: first.headers },
  };
}
