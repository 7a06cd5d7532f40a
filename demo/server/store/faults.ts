import type { FaultRequest, FaultRule, FaultSwitches, Faults } from './options.js';

const WELL_BEHAVED: Omit<FaultSwitches, 'rules'> = {
  delay: 0,
  bytesPerSecond: 0,
  hideETag: false,
  dropCors: false,
  storeFull: false,
  expireEarly: 0,
  partsPerPage: 0,
  ignoreRange: false,
  wrongChecksum: false,
};

/** What shall go wrong with one request: all rules that hit it, on top of the general switches. */
export type FaultPlan = Omit<
  FaultRule,
  'operation' | 'method' | 'key' | 'partNumber' | 'match' | 'skip' | 'times'
> & {
  /** At least one rule hits it. */
  hit?: boolean;
};

export function createFaults(initial: Partial<FaultSwitches> = {}): Faults {
  return {
    ...WELL_BEHAVED,
    rules: [],
    ...initial,
    failNext(rule) {
      const added: FaultRule = { times: 1, ...rule };
      this.rules.push(added);
      return added;
    },
    reset() {
      Object.assign(this, WELL_BEHAVED);
      this.rules = [];
    },
  };
}

function applies(rule: FaultRule, request: FaultRequest): boolean {
  const { operation, key } = rule;
  if (operation !== undefined && ![operation].flat().includes(request.operation)) return false;
  if (rule.method !== undefined && rule.method !== request.method) return false;
  if (rule.partNumber !== undefined && rule.partNumber !== request.partNumber) return false;
  if (
    key?.endsWith('*') ? !request.key.startsWith(key.slice(0, -1)) : key !== undefined && key !== request.key
  ) {
    return false;
  }
  return rule.match?.(request) ?? true;
}

/** Uses up one turn of each rule that matches. Spent rules leave the list. */
export function planFaults(faults: Faults, request: FaultRequest): FaultPlan {
  const plan: FaultPlan = {
    delay: faults.delay,
    ignoreRange: faults.ignoreRange,
    wrongChecksum: faults.wrongChecksum,
  };
  for (const rule of [...faults.rules]) {
    if (!applies(rule, request)) continue;
    if (rule.skip) {
      rule.skip--;
      continue;
    }
    if (rule.times !== undefined) {
      rule.times--;
      if (rule.times < 0) continue;
      if (rule.times === 0) faults.rules = faults.rules.filter(other => other !== rule);
    }
    const {
      operation: _o,
      method: _m,
      key: _k,
      partNumber: _p,
      match: _f,
      skip: _s,
      times: _t,
      ...effects
    } = rule;
    Object.assign(plan, effects, { hit: true, delay: (plan.delay ?? 0) + (effects.delay ?? 0) });
  }
  return plan;
}

const CODE_BY_STATUS: Record<number, string> = {
  400: 'InvalidRequest',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  408: 'RequestTimeout',
  409: 'OperationAborted',
  412: 'PreconditionFailed',
  429: 'SlowDown',
  500: 'InternalError',
  501: 'NotImplemented',
  502: 'BadGateway',
  503: 'SlowDown',
  504: 'GatewayTimeout',
  507: 'InsufficientStorage',
};

export function defaultCode(status: number): string {
  return CODE_BY_STATUS[status] ?? 'InternalError';
}
