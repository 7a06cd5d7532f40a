/**
 * A `Worker` class for this kit's own workers. Creators write the literal expression that bundlers recognise:
 *
 *     const Worker = ownWorkerClass();
 *     new Worker(new URL('./x.worker.js', import.meta.url), { type: 'module' });
 *
 * It adds two things. Under Trusted Types the script URL passes a policy that knows this one URL only. And when the
 * kit was loaded from another origin (a CDN), which browsers refuse as a worker's origin, a blob of one `import`
 * statement takes its place; that needs CORS there and `worker-src blob:` here, else the caller's fallback applies.
 */

interface TrustedTypesLike {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

const ours = new Set<string>();
let policy: { createScriptURL(url: string): unknown } | undefined;

/** For the sinks that Trusted Types guard: this address passes, made by a policy that knows the kit's own scripts only. */
export function trustedScriptUrl(url: string): string {
  ours.add(url);
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypesLike }).trustedTypes;
  if (trustedTypes === undefined) return url;
  try {
    policy ??= trustedTypes.createPolicy('file-transfer-elements', {
      createScriptURL(wanted) {
        if (!ours.has(wanted))
          throw new TypeError('Only the own workers of file-transfer-elements are allowed.');
        return wanted;
      },
    });
  } catch {
    // The page allows no such policy. Where Trusted Types are enforced, the constructor throws and says so.
    return url;
  }
  return policy.createScriptURL(url) as string;
}

/** One for each script, for as long as the page lives: a worker may be started at any time. */
const imports = new Map<string, string>();

function loadable(url: URL): string {
  const sameOrigin =
    url.origin === globalThis.location?.origin || url.protocol === 'blob:' || url.protocol === 'data:';
  if (sameOrigin) return url.href;
  let own = imports.get(url.href);
  if (own === undefined) {
    own = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
    imports.set(url.href, own);
  }
  return own;
}

export type OwnWorkerClass = new (url: URL, options: WorkerOptions) => Worker;

/** The class is made on call: this module is imported where no `Worker` exists (server-side rendering). */
export function ownWorkerClass(): OwnWorkerClass {
  return class extends globalThis.Worker {
    constructor(url: URL, options: WorkerOptions) {
      super(trustedScriptUrl(loadable(url)), options);
    }
  };
}
