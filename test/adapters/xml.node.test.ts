import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { child, childrenOf, childText, escapeXml, parseXml } from '../../src/adapters/xml.js';

describe('the XML reader', () => {
  it('reads what storages answer', () => {
    const xml = parseXml(`\uFEFF<?xml version="1.0" encoding="UTF-8"?>
      <!-- a comment <with> a tag -->
      <s3:List xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/" a='>'>
        <Contents><Key>a &amp; b &lt;c&gt; &quot;&#x1F9EC;&#10;</Key><Size>1</Size></Contents>
        <Contents><Key><![CDATA[<raw> & "so"]]>!</Key></Contents><Empty/><Empty a="1" />
      </s3:List>
    `);
    assert.equal(xml.name, 'List');
    assert.deepEqual(
      childrenOf(xml, 'Contents').map(element => childText(element, 'Key')),
      ['a & b <c> "🧬\n', '<raw> & "so"!'],
    );
    assert.equal(childText(child(xml, 'Contents'), 'Size'), '1');
    assert.equal(childrenOf(xml, 'Empty').length, 2);
    assert.equal(childText(xml, 'Nothing'), undefined);
  });

  const broken: Record<string, string> = {
    nothing: '',
    'a page of HTML': '<!DOCTYPE html><html><body></body></html>',
    'an entity that grows': '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    'an unknown entity': '<x>&nbsp;</x>',
    'a bare ampersand': '<x>a & b</x>',
    'an end tag of another': '<a><b></a></b>',
    'an open element': '<a><b></b>',
    'two roots': '<a></a><b></b>',
    'text outside': 'hello <a></a>',
    'a broken tag': '<a b=c></a>',
    'an open comment': '<a><!-- </a>',
    'too much depth': `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`,
    'a character that is none': '<a>&#x110000;</a>',
  };
  for (const [title, text] of Object.entries(broken)) {
    it(`refuses ${title}`, () => assert.throws(() => parseXml(text), SyntaxError));
  }

  it('reads what it wrote', () => {
    const text = `<&>"' ü 🧬 \r\n\t`;
    assert.equal(parseXml(`<a>${escapeXml(text)}</a>`).text, text);
  });
});
