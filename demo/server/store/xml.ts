export const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Markup that is ready to be written. */
export interface XmlNode {
  readonly xml: string;
}

/** Keys may hold characters XML 1.0 has no notation for; S3 writes them as references all the same (hence encoding-type=url). */
function escapeText(text: string): string {
  return text.replace(/[<>&"\ufffe\uffff]|(?![\t\n])\p{Cc}/gu, character => {
    switch (character) {
      case '<':
        return '&lt;';
      case '>':
        return '&gt;';
      case '&':
        return '&amp;';
      case '"':
        return '&quot;';
      default:
        return `&#x${character.charCodeAt(0).toString(16)};`;
    }
  });
}

export function element(
  name: string,
  content: string | number | boolean | readonly (XmlNode | undefined)[] = '',
  attributes: Record<string, string> = {},
): XmlNode {
  const open = Object.entries(attributes).reduce(
    (tag, [key, value]) => `${tag} ${key}="${escapeText(value)}"`,
    name,
  );
  const inner =
    typeof content === 'object' ? content.map(node => node?.xml ?? '').join('') : escapeText(String(content));
  return { xml: inner === '' ? `<${open}/>` : `<${open}>${inner}</${name}>` };
}

/** The element when there is a value for it. */
export function optional(name: string, value: string | number | undefined): XmlNode | undefined {
  return value === undefined ? undefined : element(name, value);
}

export function xmlDocument(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;
}
