import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseAst } from 'vite';
import { errors as german } from '../../src/i18n/de/errors.js';
import { errors as english } from '../../src/i18n/en/errors.js';

/**
 * What happens after a failure is said by the state of the item, where it is shown. An error's own words would be wrong
 * as soon as the last attempt has failed.
 */
const promise =
  /\b(?:is|are) (?:tried|sent|asked|fetched|removed|uploaded) again\b|\b(?:it|upload|file|download) begins again\b|\b(?:tried|sent|continues?|goes on) (?:again )?by (?:itself|themselves)\b|[;.] (?:it|the rest) (?:goes on|continues?)\b|\btimes in a row\b/iu;

/** The sentences of a file: what `new TransferError`, its helpers and the tables of an adapter are given. */
function sentences(file: string): string[] {
  const found: string[] = [];
  const look = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) look(each);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, value, quasis } = node as Record<string, unknown>;
    if (type === 'Literal' && typeof value === 'string') found.push(value);
    if (type === 'TemplateLiteral')
      found.push((quasis as { value: { cooked: string } }[]).map(each => each.value.cooked).join('…'));
    for (const each of Object.values(node)) look(each);
  };
  look(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }));
  return found.filter(each => /\S \S+ \S/u.test(each));
}

const engine = ['core', 'adapters', 'transfer', 'uppy', 'server'].flatMap(folder =>
  readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `src/${folder}/${name}`),
);

describe('what errors say', () => {
  it('is looked for by words that would find a promise', () => {
    for (const told of [
      'The storage had a problem of its own (503). It is tried again by itself.',
      'It could not be reached. What is stored is safe; it is tried again.',
      'That copy was deleted; the file is sent again.',
      'The upload begins again with another.',
      'No connection. The rest continues by itself.',
      'Nothing is lost; it goes on after that.',
    ])
      assert.match(told, promise);
    for (const told of ['Upload it again.', 'so it has to begin again.', 'Free some space, then try again.'])
      assert.doesNotMatch(told, promise);
  });

  it('promises no further attempt, in no file of the engine and of no adapter', () => {
    const all = engine.flatMap(file => sentences(file).map(sentence => [file, sentence] as const));
    assert.ok(all.length > 500, `${all.length} sentences were found`);
    assert.deepEqual(
      all.filter(([, sentence]) => promise.test(sentence)),
      [],
    );
  });

  it('promises none in the sentences for reasons either, nor asks for one while the engine is at it', () => {
    const retried = [
      'network',
      'cors-or-network',
      'offline',
      'timeout',
      'stalled',
      'rate-limited',
      'server',
      'conflict',
      'upload-gone',
    ] as const;
    for (const reason of retried) {
      assert.doesNotMatch(english[reason], promise);
      assert.doesNotMatch(english[reason], /try again/iu);
      assert.doesNotMatch(german[reason], /erneut versuchen|von selbst/iu);
    }
  });
});
