/** The two searches: everybody's published records, and a person's own. */
import type { Exchange } from '../shared/index.js';
import { recordAnswer } from './answers.js';
import { acceptsJson, type Context, invalid, isObject, originOf, requirePerson } from './context.js';
import type { Face } from './model.js';

/** Words and `metadata.field:"value"` terms, all of which must fit. */
function matches(face: Face, query: string): boolean {
  const terms = query.match(/metadata\.[\w.]+:"(?:\\.|[^"\\])*"|[^\s()]+/g) ?? [];
  return terms.every(term => {
    if (term === 'AND') return true;
    const field = /^metadata\.([\w.]+):"((?:\\.|[^"\\])*)"$/.exec(term);
    if (!field) return JSON.stringify(face.metadata).toLowerCase().includes(term.toLowerCase());
    const value = field[1]!
      .split('.')
      .reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), face.metadata);
    return String(value).toLowerCase() === field[2]!.replace(/\\(.)/g, '$1').toLowerCase();
  });
}

export async function search(context: Context, exchange: Exchange, own: boolean): Promise<void> {
  acceptsJson(exchange);
  const person = own ? requirePerson(context, exchange) : undefined;
  const size = Number(exchange.query.get('size') ?? 25);
  const page = Number(exchange.query.get('page') ?? 1);
  const q = exchange.query.get('q') ?? '';
  if (!(size >= 1) || !(page >= 1) || size * page > 10_000) {
    throw invalid([{ field: '_schema', messages: ['Invalid pagination parameters.'] }]);
  }
  const all = Object.values(context.state.records)
    .filter(record => !record.deleted && (person === undefined || record.owner === person.subject))
    .flatMap(record => {
      const face = own ? (record.draft ?? record.published) : record.published;
      return face && matches(face, q) ? [{ record, face }] : [];
    })
    .sort((a, b) => b.face.updated - a.face.updated);
  const hits = all
    .slice((page - 1) * size, page * size)
    .map(({ record, face }) => recordAnswer(context, exchange, record, face));
  const link = (number: number) => {
    const url = new URL(`${originOf(exchange)}${exchange.path}`);
    if (q) url.searchParams.set('q', q);
    url.searchParams.set('size', String(size));
    url.searchParams.set('page', String(number));
    return url.href;
  };
  await exchange.json(200, {
    hits: { hits, total: all.length },
    aggregations: {},
    sortBy: 'newest',
    links: { self: link(page), ...(page * size < all.length ? { next: link(page + 1) } : {}) },
  });
}
