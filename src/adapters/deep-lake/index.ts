/**
 * `file-transfer-elements/adapters/deep-lake`: the files of a workspace at Deep Lake.
 * https://docs.deeplake.ai
 */
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { Adapter, CallOptions, Containers } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import { DeepLakeClient } from './client.js';
import { resolveDownload } from './download.js';
import { textOf } from './entries.js';
import { badAnswer } from './errors.js';
import { filesNamed, list, stat } from './list.js';
import type { DeepLakeOptions } from './options.js';
import { remove } from './remove.js';
import {
  createTable,
  linkToTable,
  type QueryResult,
  query,
  queryBatch,
  type SqlValue,
  type TableLink,
} from './tables.js';
import { openUpload } from './upload.js';
import { workspaces } from './workspaces.js';

export type { DeepLakeOptions } from './options.js';
export type { QueryResult, SqlValue, TableLink } from './tables.js';

/** What Deep Lake has beyond the contract. */
export interface DeepLakeAdapter extends Adapter {
  readonly containers: Omit<Containers, 'open'> & { open(id: string): DeepLakeAdapter };
  /**
   * Adds a row to a table of the workspace that names a stored file by its id: the join key between rows and files.
   * Values go as parameters. Never repeated by itself, because a second request would add a second row.
   *
   * @throws TransferError `invalid-input` for what is no id, no plain name or no plain value
   */
  linkToTable(link: TableLink, options: CallOptions): Promise<QueryResult>;
  /** Runs one SQL statement with parameters, once. Tables are addressed as `"workspace"."table"`. */
  query(sql: string, params: readonly SqlValue[], options: CallOptions): Promise<QueryResult>;
  /** Runs one SQL statement for each set of parameters. Resolves to the server's own answer. */
  queryBatch(
    sql: string,
    paramsBatch: readonly (readonly SqlValue[])[],
    options: CallOptions,
  ): Promise<unknown>;
  /** Makes a table of a file's content. Resolves to the server's own answer. */
  createTable(options: CallOptions & { table: string; file: Blob; fileName: string }): Promise<unknown>;
  /** All files of exactly this name, newest first. Reads the whole listing: the server cannot look for names. */
  filesNamed(name: string, options: CallOptions): AsyncGenerator<Entry, void>;
  /**
   * Other files of the same name and size as this one, newest first. Browsers repeat a request by themselves when a
   * connection that was used before closes without any answer, unseen by the page; the file is then there twice. Which
   * one may go is the page's to decide: another person may have stored the other one.
   */
  likenessesOf(id: string, options: CallOptions): AsyncGenerator<Entry, void>;
  /** The organisations of the token, for `orgId`. */
  organisations(options: CallOptions): Promise<readonly { readonly id: string; readonly name: string }[]>;
}

/**
 * An adapter for the files of one workspace; `containers` leads to the others.
 *
 * Files are known by a UUID, which is `Entry.id` and the `id` of an upload's result. Their paths here are
 * `<UUID>/<name>`; functions that take a path take the bare UUID too. There are no folders, and each upload makes a
 * new file, also under a name that is taken.
 *
 * @throws TypeError when an option cannot be right.
 */
export function deepLake(options: DeepLakeOptions): DeepLakeAdapter {
  const client = new DeepLakeClient(options);
  const open = (id: string): DeepLakeAdapter => {
    const { label: _label, ...rest } = options;
    return deepLake({ ...rest, workspace: id });
  };
  return {
    name: 'deep-lake',
    label: options.label ?? options.workspace,
    capabilities: {
      folders: 'none',
      recursiveList: true,
      overwrite: 'new-identity',
      conditionalCreate: false,
      uploadPlans: ['form'],
      ...(options.maxFileSize === undefined ? {} : { maxFileSize: options.maxFileSize }),
      ranges: 'probe',
      checksums: [],
      uploadMetadata: false,
    },
    list: (path, call) => list(client, path, call),
    stat: (path, call) => stat(client, path, call),
    async openUpload(intent, { signal }) {
      if (signal.aborted) throw abortedError();
      return openUpload(client, intent);
    },
    resolveDownload: (entry, call) => resolveDownload(client, entry, call),
    remove: (paths, call) => remove(client, paths, call),
    containers: { ...workspaces(client, open), open },
    async health(call) {
      const request = { method: 'GET', url: client.serviceUrl('health') } as const;
      const answer = await client.sendForJson(request, call, { again: true });
      const { status } = (answer ?? {}) as { status?: unknown };
      if (status === 'ok') return {};
      throw new TransferError(
        'Deep Lake says that it is not well. What is stored is safe; try again later.',
        { kind: 'retry', reason: 'server' },
      );
    },

    linkToTable: (link, call) => linkToTable(client, link, call),
    query: (sql, params, call) => query(client, sql, params, call),
    queryBatch: (sql, batch, call) => queryBatch(client, sql, batch, call),
    createTable: ({ signal, ...table }) => createTable(client, table, { signal }),
    filesNamed: (name, call) => filesNamed(client, name, call),
    async *likenessesOf(id, call) {
      const entry = await stat(client, id, call);
      if (!entry) return;
      for await (const other of filesNamed(client, entry.name, call)) {
        if (other.id !== entry.id && other.size === entry.size) yield other;
      }
    },
    async organisations(call) {
      const request = { method: 'GET', url: client.serviceUrl('organizations') } as const;
      const answer = await client.sendForJson(request, call, { again: true });
      if (!Array.isArray(answer)) throw badAnswer('no list of organisations');
      return answer.flatMap((one: Record<string, unknown> | null) => {
        const id = textOf(one?.id);
        return id === undefined ? [] : [{ id, name: textOf(one?.name) ?? id }];
      });
    },
  };
}
