import { S3Error } from './errors.js';
import { element, S3_NAMESPACE, xmlDocument } from './xml.js';
import { parseXml } from './xml-reader.js';

type Tags = Record<string, string>;

function checked(pairs: [string, string][]): Tags {
  if (pairs.length > 10)
    throw new S3Error('BadRequest', { status: 400, message: 'Object tags cannot be greater than 10' });
  const tags: Tags = Object.create(null) as Tags;
  for (const [name, value] of pairs) {
    if (name === '' || name.length > 128)
      throw new S3Error('InvalidTag', { message: 'The TagKey you have provided is invalid' });
    if (value.length > 256)
      throw new S3Error('InvalidTag', { message: 'The TagValue you have provided is invalid' });
    if (name in tags)
      throw new S3Error('InvalidTag', { message: 'Cannot provide multiple Tags with the same key' });
    tags[name] = value;
  }
  return tags;
}

/** The `x-amz-tagging` header: `name=value&…`, URL-encoded. @throws S3Error InvalidTag, BadRequest */
export function parseTaggingHeader(header: string | undefined): Tags | undefined {
  return header === undefined ? undefined : checked([...new URLSearchParams(header)]);
}

/** @throws S3Error MalformedXML, InvalidTag, BadRequest */
export function parseTagging(xml: string): Tags {
  const set = parseXml(xml, 'Tagging').child('TagSet');
  if (!set) throw new S3Error('MalformedXML');
  return checked(
    set.all('Tag').map((tag): [string, string] => {
      const name = tag.value('Key');
      if (name === undefined) throw new S3Error('MalformedXML');
      return [name, tag.value('Value') ?? ''];
    }),
  );
}

export function renderTagging(tags: Tags): string {
  const nodes = Object.entries(tags).map(([name, value]) =>
    element('Tag', [element('Key', name), element('Value', value)]),
  );
  return xmlDocument(element('Tagging', [element('TagSet', nodes)], { xmlns: S3_NAMESPACE }));
}
