import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `new Worker(new URL('./x.worker.js', import.meta.url))` names the compiled file. The bundlers and tsc's
 * output know it; a test server that compiles on the fly has to serve the source under that name.
 * @param {string} rootDir
 */
export function typescriptWorkers(rootDir) {
  return (context, next) => {
    const [path, query] = context.url.split('?', 2);
    if (path.endsWith('.worker.js')) {
      const source = path.replace(/\.js$/, '.ts');
      const inRoot = name => join(rootDir, decodeURIComponent(name));
      if (!existsSync(inRoot(path)) && existsSync(inRoot(source))) {
        context.url = query === undefined ? source : `${source}?${query}`;
      }
    }
    return next();
  };
}
