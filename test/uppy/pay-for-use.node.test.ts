import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
const isUppy = (id: string): boolean => /node_modules\/@uppy\/|\/src\/uppy\//.test(id.replaceAll('\\', '/'));

/**
 * Bundles a page of these imports: the modules it loads at once, those it may load later, its own bytes gzipped, and
 * those that come with the first plugin before a drop zone.
 */
async function bundle(
  lines: readonly string[],
  minify = false,
): Promise<{ now: Set<string>; later: Set<string>; bytes: number; frontBytes: number }> {
  const entry = '\0page';
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'page',
        resolveId: id => (id.endsWith('page-of-a-test') ? entry : undefined),
        load: id => (id === entry ? { code: lines.join('\n'), moduleSideEffects: true } : undefined),
      },
    ],
    worker: { format: 'es' },
    build: { write: false, minify, rolldownOptions: { input: 'page-of-a-test' } },
  });
  const { output } = built as Rolldown.RolldownOutput;
  const chunks = new Map(
    output.flatMap(chunk => (chunk.type === 'chunk' ? [[chunk.fileName, chunk] as const] : [])),
  );
  const now = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks.get(name);
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    for (const id of chunk.moduleIds) now.add(id);
    for (const imported of chunk.imports) visit(imported);
  };
  let bytes = 0;
  for (const chunk of chunks.values()) {
    if (!chunk.isEntry) continue;
    visit(chunk.fileName);
    bytes += gzipSync(chunk.code).length;
  }
  const later = new Set([...chunks.values()].flatMap(chunk => chunk.moduleIds).filter(id => !now.has(id)));
  let frontBytes = 0;
  const [atFirst, names] = [new Set(now), new Set(seen)];
  for (const { fileName, moduleIds } of chunks.values()) {
    if (moduleIds.some(id => id.endsWith('/src/uppy/front.ts'))) visit(fileName);
  }
  for (const name of seen) if (!names.has(name)) frontBytes += gzipSync(chunks.get(name)!.code).length;
  return { now: atFirst, later, bytes, frontBytes };
}

/** The README's figure is what somebody will hold us to. */
function isAsInReadme(figure: RegExp, bytes: number): void {
  const told = Number(figure.exec(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'))?.[1]);
  const measured = bytes / 1000;
  assert.ok(Math.abs(told - measured) < 0.5, `README: ${told} kB; measured: ${measured.toFixed(1)} kB`);
}

const uppyIn = (modules: Set<string>): string[] => [...modules].filter(isUppy);

describe('Uppy is paid for by who uses it', () => {
  it('is in no chunk that a page with all elements and adapters loads at first', async () => {
    const { now, later } = await bundle([
      `import ${JSON.stringify(source('define.ts'))};`,
      `export * from ${JSON.stringify(source('index.ts'))};`,
      `export * from ${JSON.stringify(source('adapters/s3/index.ts'))};`,
      `export * from ${JSON.stringify(source('adapters/companion/index.ts'))};`,
    ]);
    assert.ok(now.size > 50, 'the page has elements');
    assert.deepEqual(uppyIn(now), []);
    assert.ok(
      uppyIn(later).some(id => id.endsWith('/src/uppy/front.ts')),
      'a plugin can be loaded later',
    );
  });

  it('is not in a page of the headless engine at all', async () => {
    const { now, later } = await bundle([
      `import { TransferManager } from ${JSON.stringify(source('transfer/index.ts'))};`,
      `import { s3 } from ${JSON.stringify(source('adapters/s3/index.ts'))};`,
      'globalThis.page = [TransferManager, s3];',
    ]);
    assert.ok(now.size > 20, 'the page has an engine');
    assert.deepEqual([...uppyIn(now), ...uppyIn(later)], []);
  });

  it('takes no element with it into a page that only gives an Uppy our uploader', async () => {
    const { now } = await bundle([
      `import { TransferUploader } from ${JSON.stringify(source('uppy/index.ts'))};`,
      'globalThis.page = TransferUploader;',
    ]);
    assert.ok(uppyIn(now).some(id => id.includes('@uppy/core')));
    assert.deepEqual(
      [...now].filter(id => /\/src\/(elements|controllers|styles)\/|node_modules\/lit/.test(id)),
      [],
    );
  });

  it('loads no more of Uppy for our uploader than that uses', async () => {
    const page = [
      `import Uppy from '@uppy/core';`,
      `import { TransferManager } from ${JSON.stringify(source('transfer/index.ts'))};`,
      `import { s3 } from ${JSON.stringify(source('adapters/s3/index.ts'))};`,
    ];
    const without = await bundle([...page, 'globalThis.page = [Uppy, TransferManager, s3];'], true);
    const uploader = `import { TransferUploader } from ${JSON.stringify(source('uppy/index.ts'))};`;
    const used = 'globalThis.page = [Uppy, TransferManager, s3, TransferUploader];';
    const withIt = await bundle([...page, uploader, used], true);
    const more = withIt.bytes - without.bytes;
    assert.ok(more > 1_000 && more < 8_000, `${more} bytes, gzipped`);
    isAsInReadme(/`TransferUploader` is ([\d.]+) kB/, more);
  });

  it('loads with the first plugin what the README says', async () => {
    const page = [
      `import ${JSON.stringify(source('elements/upload-dropzone/upload-dropzone.define.ts'))};`,
      `import { s3 } from ${JSON.stringify(source('adapters/s3/index.ts'))};`,
      'globalThis.page = s3;',
    ];
    const { frontBytes } = await bundle(page, true);
    isAsInReadme(/first `dropzone\.use` loads ([\d.]+) kB/, frontBytes);
  });
});
