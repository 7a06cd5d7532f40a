/** Metadata of a record as one text a field, for a form, and back. */
import { isObject, type Json } from './wire.js';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A creator as people write one: “Family, Given”, or the name of an organisation. */
function nameOf(creator: unknown): string | undefined {
  const person = isObject(creator) && isObject(creator.person_or_org) ? creator.person_or_org : {};
  const family = text(person.family_name);
  if (family === undefined) return text(person.name);
  const given = text(person.given_name);
  return given === undefined ? family : `${family}, ${given}`;
}

/** What the fields of the form hold for a record that is there. */
export function formTexts(metadata: Json): Readonly<Record<string, string>> {
  const creators = Array.isArray(metadata.creators) ? metadata.creators.map(nameOf) : [];
  const names = creators.filter(name => name !== undefined).join('; ');
  const type = isObject(metadata.resource_type) ? text(metadata.resource_type.id) : undefined;
  const date = text(metadata.publication_date);
  return {
    ...(names === '' ? {} : { creators: names }),
    ...(type === undefined ? {} : { resourceType: type }),
    ...(date === undefined ? {} : { publicationDate: date }),
  };
}

/**
 * Creators from names separated by semicolons. Those of `before` keep what the form does not show: identifiers,
 * affiliations, roles.
 */
export function creatorsOf(names: string, before: unknown): readonly unknown[] {
  const known = Array.isArray(before) ? [...before] : [];
  return names
    .split(';')
    .map(name => name.trim())
    .filter(Boolean)
    .map(name => {
      const at = known.findIndex(creator => nameOf(creator) === name);
      return at === -1 ? creatorNamed(name) : known.splice(at, 1)[0];
    });
}

function creatorNamed(name: string): Json {
  const [family, ...given] = name.split(',').map(part => part.trim());
  return {
    person_or_org: {
      type: 'personal',
      family_name: family,
      ...(given.length > 0 ? { given_name: given.join(', ') } : {}),
    },
  };
}
