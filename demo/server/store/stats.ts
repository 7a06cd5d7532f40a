import type { LoggedRequest, Stats } from './options.js';

const LOG_LIMIT = 20_000;
const SECRET_PARAMETERS = /^(x-amz-(signature|security-token|credential)|signature|awsaccesskeyid|token)$/i;

/** The request target with the values of secret parameters taken out. */
export function withoutSecrets(url: string): string {
  const [path, query] = url.split(/\?(.*)/s);
  if (query === undefined) return url;
  const shown = query.split('&').map(pair => {
    const name = pair.split('=', 1)[0]!;
    return SECRET_PARAMETERS.test(name) ? `${name}=…` : pair;
  });
  return `${path}?${shown.join('&')}`;
}

export class RequestStats implements Stats {
  log: LoggedRequest[] = [];
  total = 0;
  inFlight: Record<string, number> = {};
  maxInFlight: Record<string, number> = {};
  counts: Record<string, number> = {};

  begin(request: LoggedRequest): void {
    this.total++;
    this.log.push(request);
    if (this.log.length > LOG_LIMIT + 1000) this.log.splice(0, this.log.length - LOG_LIMIT);
    this.counts[request.operation] = (this.counts[request.operation] ?? 0) + 1;
    for (const name of [request.operation, '*']) {
      const running = (this.inFlight[name] ?? 0) + 1;
      this.inFlight[name] = running;
      this.maxInFlight[name] = Math.max(this.maxInFlight[name] ?? 0, running);
    }
  }

  end(request: LoggedRequest): void {
    if (request.ended !== undefined) return;
    request.ended = Date.now();
    for (const name of [request.operation, '*']) {
      this.inFlight[name] = Math.max(0, (this.inFlight[name] ?? 0) - 1);
    }
  }

  /** Forgets what was; requests under way stay counted. */
  reset(): void {
    this.log = this.log.filter(request => request.ended === undefined);
    this.total = this.log.length;
    this.counts = {};
    this.maxInFlight = { ...this.inFlight };
    for (const { operation } of this.log) this.counts[operation] = (this.counts[operation] ?? 0) + 1;
  }
}
