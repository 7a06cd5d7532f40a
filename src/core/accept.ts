/** The `accept` attribute of file inputs, for files that come by other ways too. */

export interface AcceptRule {
  /** `.csv`, lower case. */
  readonly extension?: string;
  /** `text/csv` or `image/*`, lower case. */
  readonly type?: string;
}

/** Reads `accept`: extensions and MIME types, separated by commas. An empty list accepts everything. */
export function parseAccept(accept: string | undefined): AcceptRule[] {
  const rules: AcceptRule[] = [];
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const token = part.trim();
    if (token === '' || token === '*' || token === '*/*') continue;
    rules.push(
      token.includes('/') ? { type: token } : { extension: token.startsWith('.') ? token : `.${token}` },
    );
  }
  return rules;
}

/**
 * Whether a file may come in. Browsers leave the type empty for extensions they do not know; then only an extension
 * can decide, and a file that no rule can judge is refused.
 */
export function isAccepted(rules: readonly AcceptRule[], name: string, type: string): boolean {
  if (rules.length === 0) return true;
  const lowerName = name.toLowerCase();
  const lowerType = type.toLowerCase().split(';')[0]!.trim();
  return rules.some(rule => {
    if (rule.extension) return lowerName.endsWith(rule.extension);
    if (rule.type?.endsWith('/*')) return lowerType.startsWith(rule.type.slice(0, -1));
    return lowerType === rule.type;
  });
}
