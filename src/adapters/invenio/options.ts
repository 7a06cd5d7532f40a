import type { CallOptions } from '../adapter.js';

/**
 * Ways a repository takes files: `L` the bytes, `F` it fetches a URL, `R` it only points to a URL, `M` the bytes in
 * parts.
 */
export type InvenioTransfer = 'L' | 'F' | 'R' | 'M';

export interface InvenioOptions {
  /** Address of the repository, e.g. `https://repository.example.org`. */
  readonly baseUrl: string;
  /**
   * Where records live, when it is not `<baseUrl>/api/records`: an NRP repository has one such address for each of
   * its models (`discoverInvenio` finds them).
   */
  readonly recordsUrl?: string;
  /** Where a person's own records are searched. Default `<baseUrl>/api/user/records`, or `recordsUrl` without a token. */
  readonly searchUrl?: string;
  /** Id of the record to show. Without it `containers` can be used to choose one. */
  readonly record?: string;
  /** Which of the record's two faces to show. Default `draft`. */
  readonly state?: 'draft' | 'published';
  /** Called before each request, for requests to the repository's own origin only. Absent: public records only. */
  readonly getToken?: (options: CallOptions) => Promise<string | undefined> | string | undefined;
  /** Name for the person. Default: the repository's host. */
  readonly label?: string;
  /** The files of a record, or its second file area. Default `files`. */
  readonly area?: 'files' | 'media-files';
  /** Ways this repository takes files. Default all four, as InvenioRDM from version 13 on. */
  readonly transfers?: readonly InvenioTransfer[];
  /** Files from this size in bytes on go up in parts. Default 10,000,000, as in the repositories' own client. */
  readonly partsFrom?: number;
  /** Send the MD5 of each part to an object storage behind the repository, which then refuses damaged parts. Default true. */
  readonly partChecksums?: boolean;
  /** Whether byte ranges work on download. Default `probe`: the repository's operator decides. */
  readonly ranges?: 'yes' | 'probe' | 'no';
  /** Most files of one record. Default 100. */
  readonly maxFiles?: number;
  /** Largest file in bytes. Default 10,000,000,000. */
  readonly maxFileSize?: number;
  /** Records of one page of `containers.list`. Default 25. */
  readonly pageSize?: number;
  /** Milliseconds until an answer must have begun. Default 30,000. */
  readonly timeout?: number;
  /** Attempts of calls that may be repeated. Default 5, as in the repositories' own client. */
  readonly attempts?: number;
  /** Milliseconds between two questions whether the repository has fetched a URL. Default 2,000. */
  readonly pollInterval?: number;
}

/** A record's draft or its published version. */
export interface RecordFace {
  readonly id: string;
  readonly draft: boolean;
}

const DRAFT = '/draft';

/** The id `Containers.open` takes: `abc-123` for a published record, `abc-123/draft` for its draft. */
export function containerIdOf({ id, draft }: RecordFace): string {
  return draft ? `${id}${DRAFT}` : id;
}

export function faceOf(containerId: string): RecordFace {
  const draft = containerId.endsWith(DRAFT);
  return { id: draft ? containerId.slice(0, -DRAFT.length) : containerId, draft };
}

/** The address without a trailing slash and without `/api`, which people copy along. @throws TypeError for no URL. */
export function repositoryUrlOf(baseUrl: string): string {
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol)) {
    throw new TypeError('baseUrl must be the address of a repository, beginning with https://.');
  }
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/+$/, '').replace(/\/api$/, '')}`;
}

/** @throws TypeError when an option cannot be. */
export function checkOptions({ record, recordsUrl, searchUrl }: InvenioOptions): void {
  for (const [name, url] of Object.entries({ recordsUrl, searchUrl })) {
    if (url !== undefined && !URL.canParse(url)) throw new TypeError(`${name} must be a URL.`);
  }
  if (record !== undefined && !/^[\w.-]+$/.test(record)) {
    throw new TypeError('record must be the id of a record, such as “abcde-12345”.');
  }
}
