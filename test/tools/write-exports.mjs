/** `npm run exports`: writes the package's entries into package.json and tsconfig.json, from the source tree. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageExports, rootDir, typePaths } from './package-entries.mjs';

function change(name, edit) {
  const file = join(rootDir, name);
  const content = JSON.parse(readFileSync(file, 'utf8'));
  edit(content);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

change('package.json', manifest => {
  manifest.exports = packageExports();
});
change('tsconfig.json', ({ compilerOptions }) => {
  compilerOptions.paths = typePaths();
});
process.stdout.write(`${Object.keys(packageExports()).join('\n')}\n`);
