/** Rows that name files; workspaces as containers. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { TransferError } from '../../../src/core/errors.js';
import { signal, upload } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

describe('deep-lake tables', () => {
  let setup: Setup;
  let fileId: string;
  before(async () => {
    setup = await setUp();
    fileId = (await upload(setup.adapter, 'photo.png', new Blob(['x']))).outcome.id!;
  });
  after(() => setup.close());
  beforeEach(() => {
    setup.standIn.faults.reset();
    setup.lines();
  });

  /** Rows go into tables that are there. */
  const make = (...tables: string[]) =>
    Promise.all(
      tables.map(table =>
        setup.adapter.query(`CREATE TABLE "lab"."${table}" (file_id UUID)`, [], { signal }),
      ),
    );

  it('links a file with values that would break out of any text', async () => {
    for (const placeholders of ['dollar', 'question'] as const) {
      const table = `images ${placeholders}`;
      const title = `x'); DROP TABLE "lab"."t"; --`;
      await make(table);
      await setup
        .another({ placeholders })
        .linkToTable(
          { table, fileId, values: { title, rating: 4.5, 'is new': true, note: null } },
          { signal },
        );
      assert.deepEqual(setup.standIn.rows(table), [
        { title, rating: 4.5, 'is new': true, note: null, file_id: fileId },
      ]);
    }
    await make('plain');
    await setup.adapter.linkToTable({ table: 'plain', fileId, column: 'asset' }, { signal });
    const result = await setup.adapter.query('SELECT * FROM "lab"."plain"', [], { signal });
    assert.deepEqual(result, { columns: ['asset'], rows: [[fileId]] });
  });

  it('writes ids as what they are: columns of type UUID take no text', async () => {
    const real = globalThis.fetch;
    const sent: string[] = [];
    globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      sent.push(await request.clone().text());
      return real(request);
    };
    try {
      await setup.adapter.linkToTable({ table: 'plain', fileId, column: 'asset' }, { signal });
    } finally {
      globalThis.fetch = real;
    }
    assert.equal(sent.length, 1);
    assert.match(sent[0]!, /VALUES \(\$1::uuid\)/);
  });

  it('refuses names and values that are none, and sends nothing', async () => {
    const { adapter, lines } = setup;
    const link = { table: 't', fileId };
    for (const wrong of [
      { ...link, table: 't"; DROP TABLE x; --' },
      { ...link, table: '' },
      { ...link, table: 'x'.repeat(64) },
      { ...link, column: 'a"b' },
      { ...link, values: { 'a) VALUES (1': 1 } },
      { ...link, values: { file_id: 1 } },
      { ...link, values: { a: Number.NaN } },
      { ...link, values: { a: { toString: () => 'x' } as unknown as string } },
      { ...link, fileId: "1'::text" },
    ]) {
      await assert.rejects(adapter.linkToTable(wrong, { signal }), {
        reason: 'invalid-input',
        kind: 'fatal',
      });
    }
    assert.deepEqual(lines(), []);
  });

  it('says which step is missing when there is no such table', async () => {
    await assert.rejects(
      setup.adapter.linkToTable({ table: 'not made', fileId }, { signal }),
      (error: TransferError) => {
        assert.deepEqual([error.kind, error.reason, error.status], ['fatal', 'not-found', 400]);
        assert.match(
          error.message,
          /no such table in this workspace.*check the name, or make the table first/,
        );
        return true;
      },
    );
    assert.deepEqual(setup.standIn.rows('not made'), []);
    // The table of the documents' example is there from the beginning.
    await setup.adapter.linkToTable({ table: 'my_images', fileId, values: { title: 'x' } }, { signal });
    assert.equal(setup.standIn.rows('my_images').length, 1);
  });

  it('never adds a row twice, and says when it cannot know', async () => {
    await make('once');
    setup.lines();
    for (const fault of [{ loseAnswer: true }, { status: 503 }]) {
      setup.standIn.faults.failNext({ operation: 'query', ...fault });
      await assert.rejects(
        setup.adapter.linkToTable({ table: 'once', fileId }, { signal }),
        (error: TransferError) => {
          assert.equal(error.kind, 'fatal');
          assert.match(error.message, /file itself is safe.*before you try again/);
          return true;
        },
      );
    }
    assert.equal(setup.standIn.rows('once').length, 1);
    assert.equal(setup.lines().length, 2);
  });

  it('tells what the server does not understand', async () => {
    await assert.rejects(setup.adapter.query('SELEC', [], { signal }), (error: TransferError) => {
      assert.equal(error.reason, 'invalid-input');
      assert.match(error.serverMessage ?? '', /syntax error/);
      return true;
    });
  });

  it('runs a statement for many sets of parameters, all or none', async () => {
    await make('batch');
    const sql = 'INSERT INTO "lab"."batch" (title, file_id) VALUES ($1, $2::uuid)';
    await setup.adapter.queryBatch(
      sql,
      [
        ['a', fileId],
        ['b', fileId],
      ],
      { signal },
    );
    assert.equal(setup.standIn.rows('batch').length, 2);
    await assert.rejects(
      setup.adapter.queryBatch(
        sql,
        [
          ['c', fileId],
          ['d', 'no id'],
        ],
        { signal },
      ),
    );
    assert.equal(setup.standIn.rows('batch').length, 2);
  });

  it('makes a table of a file', async () => {
    const file = new Blob(['a,b\n1,2\n3,4\n']);
    await setup.adapter.createTable({ signal, table: 'made', file, fileName: 'made.csv' });
    assert.deepEqual(setup.standIn.rows('made'), [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  it('lists, creates, renames, opens and deletes workspaces', async () => {
    const { containers } = setup.adapter;
    assert.equal(containers.current, 'lab');
    const made = await containers.create!({ name: 'second' }, { signal });
    assert.deepEqual([made.id, made.name], ['second', 'second']);
    await assert.rejects(containers.create!({ name: 'second' }, { signal }), { reason: 'conflict' });
    await assert.rejects(containers.create!({ name: ' ' }, { signal }), { reason: 'invalid-input' });
    const names = async () => (await containers.list({ signal })).containers.map(({ id }) => id);
    assert.deepEqual(await names(), ['lab', 'second']);
    assert.equal((await containers.update!('second', { name: 'third' }, { signal })).id, 'third');
    const third = containers.open('third');
    assert.deepEqual([third.label, third.containers.current], ['third', 'third']);
    await upload(third, 'x', new Blob(['x']));
    assert.equal((await setup.adapter.list('', { signal })).entries.length, 1);
    const found = await containers.list({ signal, query: 'THI' });
    assert.deepEqual(
      found.containers.map(({ name }) => name),
      ['third'],
    );
    await containers.remove!('third', { signal });
    assert.deepEqual(await names(), ['lab']);
    await assert.rejects(third.list('', { signal }), { reason: 'not-found' });
  });
});
