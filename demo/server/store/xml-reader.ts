import { S3Error } from './errors.js';

/** An element that was read. Names come without their prefix. */
export class XmlElement {
  readonly children: XmlElement[] = [];
  text = '';
  constructor(readonly name: string) {}

  child(name: string): XmlElement | undefined {
    return this.children.find(child => child.name === name);
  }
  all(name: string): XmlElement[] {
    return this.children.filter(child => child.name === name);
  }
  /** Text of a child, undefined when there is no such child. */
  value(name: string): string | undefined {
    return this.child(name)?.text;
  }
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeText(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(';')) throw new S3Error('MalformedXML');
    const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
    const codePoint = number ? Number.parseInt(number[1] ?? number[2]!, number[1] ? 16 : 10) : Number.NaN;
    const character = number && codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : ENTITIES[name];
    if (character === undefined) throw new S3Error('MalformedXML');
    return character;
  });
}

/**
 * Reads the small documents S3 takes. Document types are refused: nothing legitimate has one, and they are how
 * entity bombs come in.
 *
 * @throws S3Error MalformedXML
 */
export function parseXml(source: string, rootName: string): XmlElement {
  const top = new XmlElement('');
  const open: XmlElement[] = [top];
  const token =
    /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.:-]*)([^<>]*?)(\/?)>|([^<]+)/gy;
  const text = source.replace(/^\ufeff/, '');
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    const current = open.at(-1)!;
    if (!match) throw new S3Error('MalformedXML');
    const [, data, closing, qualified, , selfClosing, characters] = match;
    if (data !== undefined) current.text += data;
    else if (characters !== undefined) current.text += unescapeText(characters);
    else if (qualified !== undefined) {
      const name = qualified.slice(qualified.indexOf(':') + 1);
      if (closing) {
        if (open.length < 2 || current.name !== name) throw new S3Error('MalformedXML');
        open.pop();
      } else {
        const node = new XmlElement(name);
        current.children.push(node);
        if (!selfClosing) open.push(node);
        if (open.length > 32) throw new S3Error('MalformedXML');
      }
    }
  }
  const root = top.children[0];
  if (open.length !== 1 || top.children.length !== 1 || root?.name !== rootName || top.text.trim() !== '') {
    throw new S3Error('MalformedXML');
  }
  return root;
}
