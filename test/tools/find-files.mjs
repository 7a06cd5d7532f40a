import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Files below a folder, sorted, as paths that begin with the folder and use `/`.
 * @param {string} folder
 * @param {(path: string) => boolean} [accept]
 * @returns {string[]}
 */
export function findFiles(folder, accept = () => true) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(folder, entry.name).replaceAll('\\', '/');
    if (entry.isDirectory()) found.push(...findFiles(path, accept));
    else if (accept(path)) found.push(path);
  }
  return found.sort();
}
