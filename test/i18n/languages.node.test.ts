import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { de } from '../../src/i18n/de.js';
import { en } from '../../src/i18n/en.js';
import { loadLanguage, registerLanguage, translate } from '../../src/i18n/index.js';
import type { Message } from '../../src/i18n/messages.js';

type Area = Readonly<Record<string, Message>>;
const areas = (language: object) => Object.entries(language) as [string, Area][];
const forms = (message: Message): string[] =>
  typeof message === 'string' ? [message] : Object.values(message).filter(form => form !== undefined);
const placeholders = (text: string) => new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name));

/** Sentences said in another language in the same words: names, codes. */
const sameInBoth = new Set([
  'common.fileProgress',
  'transfers.speed',
  'transfers.detailEtag',
  'transfers.detailVersion',
]);

for (const [name, language] of Object.entries({ de })) {
  describe(`texts in ${name}`, () => {
    it('has every text of the source', () => {
      for (const [area, messages] of areas(en)) {
        const translated = (language as unknown as Record<string, Area>)[area]!;
        assert.deepEqual(Object.keys(translated).sort(), Object.keys(messages).sort(), area);
      }
    });

    it('uses the same placeholders', () => {
      for (const [area, messages] of areas(en)) {
        for (const [key, message] of Object.entries(messages)) {
          const allowed = new Set(forms(message).flatMap(form => [...placeholders(form)]));
          const translated = (language as unknown as Record<string, Area>)[area]?.[key];
          const used = translated ? forms(translated).flatMap(form => [...placeholders(form)]) : [];
          for (const placeholder of used)
            assert.ok(allowed.has(placeholder), `${area}.${key} {${placeholder}}`);
          const other = typeof message === 'string' ? message : message.other;
          const otherHere = translated
            ? typeof translated === 'string'
              ? translated
              : translated.other
            : '';
          assert.deepEqual(placeholders(otherHere), placeholders(other), `${area}.${key}`);
        }
      }
    });

    it('has the plural forms of the language', () => {
      const categories = new Intl.PluralRules(name).resolvedOptions().pluralCategories;
      for (const [area, messages] of areas(language))
        for (const [key, message] of Object.entries(messages))
          if (typeof message !== 'string')
            for (const category of categories)
              assert.ok(message[category as keyof typeof message], `${area}.${key} lacks “${category}”`);
    });

    it('is translated', () => {
      let same = 0;
      for (const [area, messages] of areas(en))
        for (const [key, message] of Object.entries(messages)) {
          const translated = (language as unknown as Record<string, Area>)[area]?.[key];
          if (!sameInBoth.has(`${area}.${key}`) && JSON.stringify(message) === JSON.stringify(translated))
            same++;
        }
      assert.ok(same < 12, `${same} texts read the same in both languages`);
    });
  });
}

describe('translating', () => {
  it('falls back to English until the language is there, then speaks it', async () => {
    assert.equal(translate('de-AT', 'common.cancel'), 'Cancel');
    await loadLanguage('de-AT');
    assert.equal(translate('de-AT', 'common.cancel'), 'Abbrechen');
  });

  it('chooses the plural form and writes the number as the locale does', async () => {
    await loadLanguage('de');
    assert.equal(translate('en', 'common.filesCount', { count: 1 }), '1 file');
    assert.equal(translate('en', 'common.filesCount', { count: 12_000 }), '12,000 files');
    assert.equal(translate('de', 'common.filesCount', { count: 12_000 }), '12.000 Dateien');
  });

  it('does not fill in what only looks like a placeholder in a name', () => {
    assert.equal(
      translate('en', 'common.fileProgress', { name: '{percent}', percent: '5%' }),
      '{percent}: 5%',
    );
  });

  it('lets a page replace single texts and add a language', () => {
    registerLanguage('en-GB', { common: { cancel: 'Leave it' } });
    assert.equal(translate('en-GB', 'common.cancel'), 'Leave it');
    assert.equal(translate('en-GB', 'common.close'), 'Close');
    registerLanguage('nl', { common: { cancel: 'Annuleren' } });
    assert.equal(translate('nl-BE', 'common.cancel'), 'Annuleren');
    assert.equal(translate('nl', 'common.close'), 'Close');
  });
});
