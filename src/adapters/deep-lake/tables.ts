/** Tables beside the files: rows that name a file by its UUID. Values go as parameters, never into the text of SQL. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import type { DeepLakeClient } from './client.js';
import { isFileId } from './entries.js';
import { badAnswer, invalid, mayHaveWorked } from './errors.js';

/** A value of a row. */
export type SqlValue = string | number | boolean | null;

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface TableLink {
  /** Name of the table, in this adapter's workspace. */
  readonly table: string;
  /** The file: `Entry.id`, or `id` of an upload's result. */
  readonly fileId: string;
  /** Column of type UUID that takes it. Default `file_id`. */
  readonly column?: string;
  /** Values of the row's other columns, by column name. */
  readonly values?: Readonly<Record<string, SqlValue>>;
}

/** Adds a row that names the file. Sent once: the server would add a second row for a second request. */
export async function linkToTable(
  client: DeepLakeClient,
  { table, fileId, column = 'file_id', values = {} }: TableLink,
  call: CallOptions,
): Promise<QueryResult> {
  if (!isFileId(fileId)) throw invalid('Only the id of a stored file (a UUID) can be linked to a table.');
  const others = Object.entries(values);
  if (others.some(([name]) => name === column)) {
    throw invalid(`The column ${column} takes the file’s id, so it cannot have another value as well.`);
  }
  const columns = [...others.map(([name]) => name), column].map(quoteIdentifier).join(', ');
  const mark = (place: number) => (client.options.placeholders === 'question' ? '?' : `$${place}`);
  const marks = [...others.map((_, index) => mark(index + 1)), `${mark(others.length + 1)}::uuid`];
  const target = `${quoteIdentifier(client.options.workspace)}.${quoteIdentifier(table)}`;
  const sql = `INSERT INTO ${target} (${columns}) VALUES (${marks.join(', ')})`;
  return query(client, sql, [...others.map(([, value]) => value), fileId], call);
}

/** Runs one statement. Sent once, whatever becomes of it. */
export async function query(
  client: DeepLakeClient,
  sql: string,
  params: readonly SqlValue[],
  call: CallOptions,
): Promise<QueryResult> {
  requireValues(params);
  const json = { query: sql, ...(params.length > 0 ? { params } : {}) };
  return resultIn(await run(client, ['tables', 'query'], json, call));
}

/** Runs one statement once for each set of parameters. Sent once, whatever becomes of it. */
export async function queryBatch(
  client: DeepLakeClient,
  sql: string,
  batch: readonly (readonly SqlValue[])[],
  call: CallOptions,
): Promise<unknown> {
  for (const params of batch) requireValues(params);
  return run(client, ['tables', 'query', 'batch'], { query: sql, params_batch: batch }, call);
}

/** Makes a table of a file's content (CSV, Parquet, …). Sent once. */
export async function createTable(
  client: DeepLakeClient,
  { table, file, fileName }: { table: string; file: Blob; fileName: string },
  call: CallOptions,
): Promise<unknown> {
  quoteIdentifier(table);
  const body = new FormData();
  body.append('filename', fileName);
  body.append('table_name', table);
  body.append('file', file, fileName);
  return once(() => client.sendForJson({ method: 'POST', url: client.url('tables'), body }, call));
}

function run(
  client: DeepLakeClient,
  route: readonly string[],
  json: unknown,
  call: CallOptions,
): Promise<unknown> {
  return once(() => client.sendForJson({ method: 'POST', url: client.url(...route), json }, call));
}

/** Says it when nobody knows whether a change was made: doing it again would make it twice. */
async function once<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    if (isNoTable(error)) throw noTable(error);
    if (!mayHaveWorked(error)) throw error;
    const { message, name: _name, kind: _kind, ...details } = error.toJSON() as Record<string, never>;
    throw new TransferError(
      `Deep Lake did not say what became of the change to the table. The file itself is safe. Look at the table before you try again (new rows show after some seconds), or it may be made twice. ${String(message)}`,
      { ...(details as object), kind: 'fatal', reason: error.reason },
    );
  }
}

const isNoTable = ({ status, serverMessage = '' }: TransferError): boolean =>
  (status === 400 || status === 404 || status === 422) &&
  /\b(?:relation|table)\b.*\bdoes not exist\b/i.test(serverMessage);

const noTable = ({ status, serverMessage }: TransferError): TransferError =>
  new TransferError(
    'Deep Lake has no such table in this workspace. Nothing was changed, and the file is safe: check the name, or make the table first.',
    {
      kind: 'fatal',
      reason: 'not-found',
      ...(status === undefined ? {} : { status }),
      ...(serverMessage === undefined ? {} : { serverMessage }),
    },
  );

/**
 * A name in double quotes, as PostgreSQL takes it. Names cannot be parameters, so what could end the quotes, or is no
 * plain name, is refused rather than escaped.
 * @throws TransferError (`invalid-input`)
 */
export function quoteIdentifier(name: string): string {
  if (!/^[\p{L}_][\p{L}\p{M}\p{N}_$ .-]*$/u.test(name) || new TextEncoder().encode(name).length > 63) {
    throw invalid(
      'Names of tables and columns begin with a letter, hold letters, digits, “_”, “-”, “.”, “$” and spaces, and have 63 bytes at most.',
    );
  }
  return `"${name}"`;
}

function requireValues(params: readonly SqlValue[]): void {
  const plain = params.every(
    value =>
      value === null ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && Number.isFinite(value)) ||
      (typeof value === 'string' && value.isWellFormed() && !value.includes('\0')),
  );
  if (!plain) throw invalid('Values of a row are texts, finite numbers, true, false or null.');
}

function resultIn(answer: unknown): QueryResult {
  const { columns, rows } = (answer ?? {}) as { columns?: unknown; rows?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(rows)) throw badAnswer('a query without columns and rows');
  return { columns: columns.map(String), rows: rows as unknown[][] };
}
