/**
 * A strict reader for the XML that storages answer.
 *
 * Not DOMParser: under `require-trusted-types-for 'script'` its `parseFromString` is a sink, whatever the type, and a
 * page would have to allow a policy for us; and Node and workers have none. Names lose their namespace prefix.
 * Document types are refused, and with them entities that grow.
 */
export interface XmlElement {
  readonly name: string;
  /** Character data directly inside, joined. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const DEEPEST = 64;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface OpenElement {
  name: string;
  text: string;
  children: XmlElement[];
}

/** @throws SyntaxError when the text is not well-formed. */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF/, '');
  const stack: OpenElement[] = [];
  let root: XmlElement | undefined;
  let position = 0;

  const fail = (what: string): never => {
    throw new SyntaxError(`Malformed XML at ${position}: ${what}.`);
  };
  const skipPast = (end: string, from: number): number => {
    const at = text.indexOf(end, from);
    if (at < 0) fail(`${end} is missing`);
    return at + end.length;
  };
  const take = (data: string) => {
    const top = stack.at(-1);
    if (top) top.text += data;
    else if (data.trim() !== '') fail('text outside the root');
  };
  const close = () => {
    const element = stack.pop()!;
    const parent = stack.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  };

  while (position < text.length) {
    const next = text.indexOf('<', position);
    if (next !== position) {
      const end = next < 0 ? text.length : next;
      take(unescapeXml(text.slice(position, end)));
      position = end;
    } else if (text.startsWith('<?', position)) {
      position = skipPast('?>', position);
    } else if (text.startsWith('<!--', position)) {
      position = skipPast('-->', position + 4);
    } else if (text.startsWith('<![CDATA[', position)) {
      const end = skipPast(']]>', position);
      take(text.slice(position + 9, end - 3));
      position = end;
    } else if (text.startsWith('</', position)) {
      const end = skipPast('>', position);
      if (localName(text.slice(position + 2, end - 1).trim()) !== stack.at(-1)?.name) fail('wrong end tag');
      close();
      position = end;
    } else {
      const tag = /^<([^\s/<>!?&"'=]+)((?:\s+[^\s/<>=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/.exec(
        text.slice(position, position + 4096),
      );
      if (!tag) return fail('no tag');
      if (root) fail('a second root');
      if (stack.length >= DEEPEST) fail('nested too deeply');
      stack.push({ name: localName(tag[1]!), text: '', children: [] });
      if (tag[3]) close();
      position += tag[0].length;
    }
  }
  if (stack.length > 0) fail('an element is not closed');
  return root ?? fail('no element');
}

/** The text of the child with this name; undefined without one. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return child(element, name)?.text;
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find(candidate => candidate.name === name);
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter(candidate => candidate.name === name) ?? [];
}

/** Character data for XML that is sent. Line ends are escaped too, because parsers normalise bare ones. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\t\r\n]/g, character => `&#${character.charCodeAt(0)};`);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]*);?/g, (match, body: string) => {
    const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(body);
    const value = code ? Number.parseInt(code[1] ?? code[2]!, code[1] === undefined ? 10 : 16) : undefined;
    if (!match.endsWith(';') || (value === undefined ? !Object.hasOwn(NAMED, body) : value > 0x10ffff)) {
      throw new SyntaxError('Malformed XML: unknown entity.');
    }
    return value === undefined ? NAMED[body]! : String.fromCodePoint(value);
  });
}
