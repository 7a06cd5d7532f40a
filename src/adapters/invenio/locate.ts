/** Addresses of records and files, as people copy them and programs keep them. */
import { TransferError } from '../../core/errors.js';
import type { InvenioClient } from './client.js';
import { containerIdOf } from './options.js';

export interface Location {
  readonly containerId: string;
  /** Path of the file; empty for the record or its list of files. */
  readonly path: string;
}

/**
 * Takes apart the address of a record (`…/records/abc-123`), of its files, of one file or of that file's content, draft
 * or published.
 * @throws TransferError (`invalid-input`) for an address of another repository: its files are not reached from here.
 */
export function locate(client: InvenioClient, url: string): Location {
  const wrong = (why: string) => new TransferError(why, { kind: 'fatal', reason: 'invalid-input' });
  if (!URL.canParse(url)) throw wrong('This is no address.');
  const { origin, pathname } = new URL(url);
  const records = new URL(client.recordsUrl);
  if (origin !== records.origin) throw wrong(`This address is not of the repository at ${records.host}.`);
  if (!pathname.startsWith(`${records.pathname}/`))
    throw wrong('This is not the address of a record of this repository.');
  const [id = '', ...more] = pathname.slice(records.pathname.length + 1).split('/');
  const draft = more[0] === 'draft';
  const [area, ...key] = draft ? more.slice(1) : more;
  const known = area === undefined || area === '' || area === (client.options.area ?? 'files');
  if (id === '' || !known) throw wrong('This is not the address of a record or of its files.');
  // A file may be called “content”; then its own address has at least that segment and no more.
  const path = key.length > 1 && key.at(-1) === 'content' ? key.slice(0, -1) : key;
  try {
    return {
      containerId: containerIdOf({ id: decodeURIComponent(id), draft }),
      path: path.map(decodeURIComponent).join('/'),
    };
  } catch {
    throw wrong('This address is not written correctly.');
  }
}
