/** The demo site: its dev server and its build. The package itself is built by `npm run build`. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { downloadWorkerPlugin } from './test/tools/download-worker.mjs';
import { findFiles } from './test/tools/find-files.mjs';
import { sourceEntries } from './test/tools/package-entries.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const demo = join(root, 'demo');
const name = 'file-transfer-elements';

/** The demo imports the package by its public names, as a user's page does, and gets the sources. */
const alias = Object.entries(sourceEntries()).map(([subpath, source]) => ({
  find: new RegExp(`^${subpath.replace('.', name)}$`),
  replacement: join(root, source),
}));

const pages = findFiles(demo, path => path.endsWith('.html'));

export default defineConfig({
  root: demo,
  // Relative addresses: the built site works under any path.
  base: './',
  plugins: [
    vue({ template: { compilerOptions: { isCustomElement: (tag: string) => tag.includes('-') } } }),
    downloadWorkerPlugin(),
  ],
  resolve: { alias },
  oxc: { jsx: { runtime: 'automatic' } },
  worker: { format: 'es' },
  // Workers are not crawled for dependencies, and finding one late reloads the page in the middle of a transfer.
  optimizeDeps: { include: ['hash-wasm'] },
  server: { fs: { allow: [root] }, watch: { ignored: ['**/.data/**', '**/dist/**', '**/dist-demo/**'] } },
  build: {
    outDir: join(root, 'dist-demo'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      input: Object.fromEntries(pages.map(page => [relative(demo, page).replace(/\.html$/, ''), page])),
    },
  },
});
