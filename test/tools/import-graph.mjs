/** Reads what the sources import and do on import, and says where that breaks the project's rules. */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { parse, Visitor } from 'vite';
import { findFiles } from './find-files.mjs';
import { rootDir } from './package-entries.mjs';

/**
 * @typedef {object} Import
 * @property {string} specifier as written
 * @property {'value' | 'type' | 'dynamic'} kind
 * @property {boolean} bindsNothing `import 'x'`: wanted for its side effect alone
 */
/**
 * @typedef {object} SourceFile
 * @property {string} path from the root: `src/core/path.ts`
 * @property {Import[]} imports
 * @property {string[]} sideEffects what happens when the file is imported, in words
 */

const harmlessStatements = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportDefaultDeclaration',
  'ExportAllDeclaration',
  'FunctionDeclaration',
  'ClassDeclaration',
  'VariableDeclaration',
  'EmptyStatement',
]);
const isHarmless = ({ type, directive }) =>
  harmlessStatements.has(type) || type.startsWith('TS') || typeof directive === 'string';

const registers = ({ callee }) =>
  callee.type === 'MemberExpression' &&
  callee.property.name === 'define' &&
  (callee.object.name === 'customElements' || callee.object.property?.name === 'customElements');

/** Counts how deep inside code that does not run on import the visitor stands. */
function laterCode(visitor) {
  let depth = 0;
  const enter = () => {
    depth += 1;
  };
  const leave = () => {
    depth -= 1;
  };
  const types = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
  for (const type of types) Object.assign(visitor, { [type]: enter, [`${type}:exit`]: leave });
  visitor.PropertyDefinition = node => node.static || enter();
  visitor['PropertyDefinition:exit'] = node => node.static || leave();
  return () => depth > 0;
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Promise<SourceFile>}
 */
export async function readSource(path, text) {
  const { module, program, errors } = await parse(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  /** @type {Import[]} */
  const imports = [];
  const add = (specifier, kind, bindsNothing = false) => imports.push({ specifier, kind, bindsNothing });

  for (const { moduleRequest, entries } of module.staticImports) {
    const types = entries.length > 0 && entries.every(entry => entry.isType);
    add(moduleRequest.value, types ? 'type' : 'value', entries.length === 0);
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) add(moduleRequest.value, isType ? 'type' : 'value');
    }
  }

  /** @type {string[]} */
  const sideEffects = [];
  const visitor = {};
  const runsLater = laterCode(visitor);
  Object.assign(visitor, {
    ImportExpression({ source }) {
      add(source.type === 'Literal' ? String(source.value) : text.slice(source.start, source.end), 'dynamic');
    },
    TSImportType(node) {
      add((node.source ?? node.argument.literal).value, 'type');
    },
    NewExpression({ callee, arguments: [target, base] }) {
      // A worker, or a file beside the module: new URL('./x.js', import.meta.url).
      if (callee.name !== 'URL' || target?.type !== 'Literal' || base?.type !== 'MemberExpression') return;
      if (base.object.type === 'MetaProperty') add(target.value, 'dynamic');
    },
    CallExpression(node) {
      if (registers(node) && !runsLater()) sideEffects.push('registers a custom element');
    },
  });
  new Visitor(visitor).visit(program);
  for (const statement of program.body) {
    if (!isHarmless(statement)) {
      const line = text.slice(0, statement.start).split('\n').length;
      sideEffects.push(`runs a statement at line ${line}`);
    }
  }
  return { path, imports, sideEffects };
}

/** @returns {Promise<SourceFile[]>} */
export async function readSources() {
  const paths = findFiles(join(rootDir, 'src'), path => path.endsWith('.ts') && !path.endsWith('.d.ts'));
  return Promise.all(
    paths.map(path =>
      readSource(posix.relative(rootDir.replaceAll('\\', '/'), path), readFileSync(path, 'utf8')),
    ),
  );
}

/** `./x.js` in `src/a/b.ts` is `src/a/x.ts`; other specifiers are packages and stay as they are. */
const targetOf = (path, specifier) =>
  specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts') : specifier;

const packageOf = specifier => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

/**
 * The part of the project that a file belongs to. Each adapter's folder is a part of its own; the files beside the
 * folders are what adapters share (the HTTP client above all), except for the contract.
 * @param {string} path
 */
export function partOf(path) {
  const [, folder = '', name = ''] = path.split('/');
  if (folder === 'adapters') {
    if (name === 'adapter.ts') return 'contract';
    return name.endsWith('.ts') ? 'adapters' : `adapters/${name}`;
  }
  return folder.endsWith('.ts') ? folder.replace(/\.ts$/, '') : folder;
}

/** What each part may import besides itself; `*` stands for any one name. */
const mayImport = {
  core: [],
  contract: ['core'],
  transfer: ['contract', 'core'],
  adapters: ['contract', 'core'],
  'adapters/*': ['adapters', 'contract', 'core'],
  styles: [],
  i18n: ['core'],
  // The controllers that follow a manager's jobs serve several elements, so they stand above the engine as those do.
  controllers: ['transfer', 'contract', 'core', 'i18n', 'styles'],
  elements: ['controllers', 'transfer', 'contract', 'core', 'i18n', 'styles'],
  // The signer signs with the S3 adapter's own presigning: one implementation for the page and for the server.
  server: ['adapters/s3', 'core'],
  // The main entry and the registering one may show everything but concrete adapters, which have subpaths.
  index: ['transfer', 'elements', 'controllers', 'contract', 'core', 'i18n', 'styles'],
  define: ['elements'],
  // Types alone: which events each element has, and what frameworks have to know of the tags.
  'element-events': ['elements'],
  react: ['element-events', 'elements'],
  vue: ['element-events', 'elements'],
  // The bridge for pages that use Uppy: an entry of its own.
  uppy: ['transfer', 'contract', 'core', 'i18n'],
};
const ruleOf = part => (part.startsWith('adapters/') ? 'adapters/*' : part);

/** Packages, and the parts that may import them as values. */
const packages = {
  ky: ['adapters'],
  lit: ['controllers', 'elements', 'styles', 'index'],
  'hash-wasm': ['transfer', 'adapters'],
  aws4fetch: ['adapters/s3', 'server'],
  idb: ['transfer'],
};

/** Among the adapters, the one file that wraps a package for all of them. */
const onlyFiles = { ky: 'src/adapters/http.ts', 'hash-wasm': 'src/adapters/digest.ts' };

/** Packages whose types one part describes our elements to. */
const describedTo = new Set(['react', 'vue']);

const isDefine = path => path.endsWith('.define.ts') || path === 'src/define.ts';
const isWorker = path => path.endsWith('.worker.ts');

function breachOfImport(file, { specifier, kind, bindsNothing }) {
  const target = targetOf(file.path, specifier);
  const from = partOf(file.path);
  if (!specifier.startsWith('.')) {
    const name = packageOf(specifier);
    if (specifier.startsWith('node:') || builtinModules.includes(name)) return 'needs Node';
    if (name.startsWith('@uppy/')) {
      if (from === 'uppy') return undefined;
      const mayLoad = from === 'transfer' || from === 'adapters/companion';
      if (!mayLoad && kind !== 'type') return 'only the bridge may load Uppy';
      return kind === 'value' ? 'loads Uppy for everyone; use import()' : undefined;
    }
    if (describedTo.has(name) && from === name && kind === 'type') return undefined;
    const allowed = packages[name];
    if (!allowed) return 'is not among the packages that the sources may use';
    const only = from === 'adapters' || name === 'ky' ? onlyFiles[name] : undefined;
    if (only && file.path !== only) return `is for ${only} alone`;
    return kind === 'type' || allowed.includes(from) ? undefined : `is not for ${from}`;
  }
  if (!target.startsWith('src/')) return 'leads out of src';
  const to = partOf(target);
  if (to !== from) {
    if (from.startsWith('adapters/') && to.startsWith('adapters/')) return 'is another adapter';
    // A page without Uppy must not load the bridge with an element.
    if (from === 'elements' && to === 'uppy' && kind !== 'value') return undefined;
    if (!(mayImport[ruleOf(from)] ?? []).includes(to)) return `points from ${from} to ${to}`;
  }
  if (kind === 'value' && isWorker(target)) return 'is a worker; it runs when imported';
  if (isDefine(target) && kind === 'value' && !isDefine(file.path)) return 'registers elements when imported';
  if (bindsNothing && !isDefine(file.path)) return 'is wanted for its side effect';
  return undefined;
}

/** Circles of value imports: which file runs first then depends on who was imported first. */
function circles(files) {
  const targets = new Map(
    files.map(file => [
      file.path,
      file.imports
        .filter(({ kind }) => kind === 'value')
        .map(({ specifier }) => targetOf(file.path, specifier)),
    ]),
  );
  const found = [];
  const done = new Set();
  const trail = [];
  function visit(path) {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path) || !targets.has(path)) return;
    trail.push(path);
    for (const target of targets.get(path)) visit(target);
    trail.pop();
    done.add(path);
  }
  for (const path of targets.keys()) visit(path);
  return found;
}

/**
 * @param {SourceFile[]} files
 * @returns {string[]} one sentence for each breach
 */
export function findBreaches(files) {
  const breaches = [];
  for (const file of files) {
    if (!(ruleOf(partOf(file.path)) in mayImport)) breaches.push(`${file.path} is in no known part of src`);
    for (const one of file.imports) {
      const breach = breachOfImport(file, one);
      if (breach) breaches.push(`${file.path}: "${one.specifier}" ${breach}`);
    }
    if (!isDefine(file.path) && !isWorker(file.path)) {
      breaches.push(...file.sideEffects.map(effect => `${file.path} ${effect}`));
    }
  }
  return [...breaches, ...circles(files).map(circle => `circle: ${circle}`)];
}
