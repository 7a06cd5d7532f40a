/** As much of SQL as linking files to rows needs: `CREATE TABLE`, `INSERT … VALUES`, `SELECT * FROM`. */
import { Refusal } from '../shared/index.js';
import type { TableRow } from './options.js';

export type Tables = Record<string, { columns: string[]; rows: TableRow[] }>;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A name, a text, a number, a parameter, a word, `::`, or a sign. */
const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|\$(\d+)|([A-Za-z_]\w*)|(::|[(),;.*?]))/y;

type Token =
  | { kind: 'name' | 'text' | 'word' | 'sign'; text: string }
  | { kind: 'number'; value: number }
  | { kind: 'param'; place: number };

const syntax = (near: string) => new Refusal(400, { message: `syntax error at or near "${near}"` });

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const text = sql.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw syntax(text.slice(start, start + 20).trim());
    const [, name, quoted, number, place, word, sign] = match;
    if (name !== undefined) tokens.push({ kind: 'name', text: name.replaceAll('""', '"') });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) });
    else if (place !== undefined) tokens.push({ kind: 'param', place: Number(place) });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: sign! });
  }
  if (tokens.at(-1)?.kind === 'sign' && (tokens.at(-1) as { text: string }).text === ';') tokens.pop();
  return tokens;
}

const noRelation = (workspace: string, table: string) =>
  new Refusal(400, { message: `relation "${workspace}.${table}" does not exist` });

/**
 * Runs one statement in the tables of a workspace.
 * @throws Refusal 400 for what is no such statement, or is about a table that is not there
 */
export function runSql(
  tables: Tables,
  workspace: string,
  sql: string,
  params: readonly unknown[],
): { columns: string[]; rows: unknown[][] } {
  const tokens = tokensOf(sql);
  let next = 0;
  let marks = 0;
  const fail = () => {
    const token = tokens[next - 1];
    return syntax(token && 'text' in token ? token.text : String(next));
  };
  const take = () => {
    const token = tokens[next++];
    if (!token) throw new Refusal(400, { message: 'syntax error at end of input' });
    return token;
  };
  const sign = (text: string) => {
    const token = take();
    if (token.kind !== 'sign' || token.text !== text) throw fail();
  };
  const word = (...words: string[]) => {
    for (const expected of words) {
      const token = take();
      if (token.kind !== 'word' || token.text.toLowerCase() !== expected) throw fail();
    }
  };
  const peeks = (text: string) => {
    const token = tokens[next];
    return token !== undefined && 'text' in token && token.text.toLowerCase() === text;
  };
  const name = () => {
    const token = take();
    if (token.kind !== 'name' && token.kind !== 'word') throw fail();
    return token.text;
  };
  const tableName = () => {
    const schema = name();
    sign('.');
    if (schema !== workspace) {
      throw new Refusal(400, { message: `schema "${schema}" is not this workspace` });
    }
    return name();
  };
  const value = () => {
    const token = take();
    let result: unknown;
    if (token.kind === 'text') result = token.text;
    else if (token.kind === 'number') result = token.value;
    else if (token.kind === 'param' || (token.kind === 'sign' && token.text === '?')) {
      const place = token.kind === 'param' ? token.place : ++marks;
      if (place < 1 || place > params.length) {
        throw new Refusal(400, { message: `there is no parameter $${place}` });
      }
      result = params[place - 1];
    } else if (token.kind === 'word' && /^(?:null|true|false)$/i.test(token.text)) {
      result = JSON.parse(token.text.toLowerCase());
    } else throw fail();
    if (!peeks('::')) return result;
    sign('::');
    const type = name().toLowerCase();
    if (type === 'uuid' && result !== null && !(typeof result === 'string' && UUID.test(result))) {
      throw new Refusal(400, { message: `invalid input syntax for type uuid: "${String(result)}"` });
    }
    return result;
  };
  const listOf = <T>(item: () => T): T[] => {
    sign('(');
    const items = [item()];
    while (peeks(',')) {
      sign(',');
      items.push(item());
    }
    sign(')');
    return items;
  };
  const end = () => {
    if (next < tokens.length) {
      next += 1;
      throw fail();
    }
  };

  const nothing = { columns: [], rows: [] };
  if (peeks('create')) {
    word('create', 'table');
    if (peeks('if')) word('if', 'not', 'exists');
    tables[tableName()] ??= { columns: [], rows: [] };
    // The columns' types do not matter here.
    return nothing;
  }
  if (peeks('select')) {
    word('select');
    sign('*');
    word('from');
    const name = tableName();
    const table = tables[name];
    end();
    if (!table) throw noRelation(workspace, name);
    return { columns: table.columns, rows: table.rows.map(row => table.columns.map(column => row[column])) };
  }
  word('insert', 'into');
  const table = tableName();
  const columns = listOf(name);
  word('values');
  const rows: unknown[][] = [listOf(value)];
  while (peeks(',')) {
    sign(',');
    rows.push(listOf(value));
  }
  end();
  if (rows.some(row => row.length !== columns.length)) {
    throw new Refusal(400, { message: 'INSERT has other numbers of expressions and target columns' });
  }
  const target = tables[table];
  if (!target) throw noRelation(workspace, table);
  for (const column of columns) if (!target.columns.includes(column)) target.columns.push(column);
  for (const row of rows) {
    target.rows.push(Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  }
  return nothing;
}
