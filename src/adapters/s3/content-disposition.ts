/** `Content-Disposition: attachment` for a name of any characters (RFC 6266, RFC 8187). */
export function attachment(name: string): string {
  // Names come from servers and people: nothing that could end the value or the header.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const clean = name.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, '') || 'download';
  const ascii = clean.normalize('NFC').replace(/[^\x20-\x7e]/gu, '_');
  // Percent signs in the plain form are decoded by some browsers, so both forms are given then, too.
  const plain = ascii.replace(/["\\]/g, '\\$&').replace(/%/g, '_');
  if (plain === clean) return `attachment; filename="${plain}"`;
  const extended = encodeURIComponent(clean).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}
