import { fileURLToPath } from 'node:url';

/** What tests may import of Uppy. One build of all of them, so that each class exists once. */
const packages = [
  '@uppy/core',
  '@uppy/core/utils',
  '@uppy/core/companion-client',
  '@uppy/aws-s3',
  '@uppy/compressor',
];
const prefix = '/__uppy__/';
const fileOf = specifier => `${specifier.replace('@uppy/', '').replaceAll('/', '-')}.js`;

/**
 * Serves Uppy to browser tests as ES modules: it depends on CommonJS packages, which a test server that does not
 * bundle cannot hand to a browser. Built when the first test asks for it.
 * @returns {import('@web/test-runner').TestRunnerPlugin}
 */
export function uppyBundlePlugin() {
  /** @type {Promise<Map<string, string>> | undefined} */
  let built;

  async function build() {
    const vite = await import('vite');
    const result = await vite.build({
      configFile: false,
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        write: false,
        minify: false,
        lib: {
          entry: Object.fromEntries(
            packages.map(name => [fileOf(name).slice(0, -3), fileURLToPath(import.meta.resolve(name))]),
          ),
          formats: ['es'],
          fileName: (_format, name) => `${name}.js`,
        },
      },
    });
    const outputs = Array.isArray(result) ? result : [result];
    return new Map(outputs.flatMap(({ output }) => output.map(chunk => [chunk.fileName, chunk.code ?? ''])));
  }

  return {
    name: 'uppy-bundle',
    resolveImport({ source }) {
      return packages.includes(source) ? `${prefix}${fileOf(source)}` : undefined;
    },
    async serve({ path }) {
      if (!path.startsWith(prefix)) return undefined;
      built ??= build();
      const body = (await built).get(path.slice(prefix.length));
      return body === undefined ? undefined : { body, type: 'js' };
    },
  };
}
