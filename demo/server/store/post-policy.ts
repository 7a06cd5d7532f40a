import { S3Error } from './errors.js';

type Condition =
  | ['eq' | 'starts-with', name: string, value: string]
  | ['content-length-range', least: number, most: number];

/** What a browser form may send: the conditions somebody signed. */
export interface PostPolicy {
  /** Milliseconds since 1970. */
  expiration: number;
  conditions: Condition[];
}

/** Fields that no condition has to cover. */
const FREE = new Set(['x-amz-signature', 'file', 'policy', 'awsaccesskeyid', 'signature']);

function invalid(message: string): S3Error {
  return new S3Error('InvalidPolicyDocument', { message: `Invalid Policy: ${message}` });
}

function refused(message: string): S3Error {
  return new S3Error('AccessDenied', { message: `Invalid according to Policy: ${message}` });
}

/** @throws S3Error InvalidPolicyDocument */
export function parsePolicy(base64: string): PostPolicy {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    throw invalid('Invalid JSON.');
  }
  const { expiration, conditions } = (document ?? {}) as { expiration?: unknown; conditions?: unknown };
  const expires = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(expires)) throw invalid("Policy missing or invalid 'expiration' value.");
  if (!Array.isArray(conditions)) throw invalid('Policy missing conditions.');
  return { expiration: expires, conditions: conditions.flatMap(parseCondition) };
}

function parseCondition(condition: unknown): Condition[] {
  if (Array.isArray(condition)) {
    const [kind, first, second] = condition as unknown[];
    const name = String(kind).toLowerCase();
    if (name === 'content-length-range') {
      const [least, most] = [Number(first), Number(second)];
      if (condition.length === 3 && Number.isInteger(least) && Number.isInteger(most))
        return [[name, least, most]];
    } else if (
      (name === 'eq' || name === 'starts-with') &&
      typeof first === 'string' &&
      typeof second === 'string'
    ) {
      if (condition.length === 3 && first.startsWith('$'))
        return [[name, first.slice(1).toLowerCase(), second]];
    }
  } else if (typeof condition === 'object' && condition !== null) {
    const entries = Object.entries(condition);
    if (entries.length > 0 && entries.every(([, value]) => typeof value === 'string')) {
      return entries.map(([name, value]): Condition => ['eq', name.toLowerCase(), value as string]);
    }
  }
  throw invalid(`Invalid Condition: ${JSON.stringify(condition)}`);
}

/**
 * Holds the fields of a form against its policy.
 *
 * @param fields by lower-case name; `bucket` is added by the caller from the address
 * @returns the bytes the file may have
 * @throws S3Error AccessDenied
 */
export function checkPolicy(
  policy: PostPolicy,
  fields: ReadonlyMap<string, string>,
  now: number,
): { least: number; most: number } {
  if (now >= policy.expiration) throw refused('Policy expired.');
  let [least, most] = [0, Number.POSITIVE_INFINITY];
  const covered = new Set<string>();
  for (const condition of policy.conditions) {
    if (condition[0] === 'content-length-range') {
      least = Math.max(least, condition[1]);
      most = Math.min(most, condition[2]);
      continue;
    }
    const [kind, name, value] = condition;
    covered.add(name);
    const actual = fields.get(name) ?? '';
    const holds = kind === 'eq' ? actual === value : startsWith(name, actual, value);
    if (!holds) throw refused(`Policy Condition failed: ["${kind}", "$${name}", ${JSON.stringify(value)}]`);
  }
  for (const name of fields.keys()) {
    if (!covered.has(name) && !FREE.has(name) && !name.startsWith('x-ignore-') && name !== 'bucket') {
      throw refused(`Extra input fields: ${name}`);
    }
  }
  return { least, most };
}

/** A list of content types must begin so in each of its items. */
function startsWith(name: string, actual: string, value: string): boolean {
  if (name !== 'content-type') return actual.startsWith(value);
  return actual.split(',').every(item => item.startsWith(value));
}
