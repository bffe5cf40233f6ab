// Tests the reading of XML documents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementsOf, MalformedXml, parseXml } from './xml.ts';

test('elements have names without prefixes, attributes and text; comments and instructions are nothing', () => {
  const root = parseXml(
    '\t<?xml version="1.0"?>\n<m:a x="1" y=\'&lt;&#65;\'><!-- <b> --><m:b> t&amp;u </m:b><c/></m:a>',
  );
  assert.equal(root.name, 'a');
  assert.deepEqual(
    [...root.attributes],
    [
      ['x', '1'],
      ['y', '<A'],
    ],
  );
  assert.deepEqual(
    root.children.map(({ name, text }) => [name, text]),
    [
      ['b', ' t&u '],
      ['c', ''],
    ],
  );
});

test('a CDATA section is text as it stands, and an angle bracket in an attribute ends nothing', () => {
  const root = parseXml('<a q=">"><![CDATA[<b>&amp;]]></a>');
  assert.equal(root.text, '<b>&amp;');
  assert.equal(root.attributes.get('q'), '>');
});

test('elements are found however deep they are', () => {
  const root = parseXml('<a><b><x n="1"/></b><x n="2"><x n="3"/></x></a>');
  assert.deepEqual(
    elementsOf(root, 'x').map(({ attributes }) => attributes.get('n')),
    ['1', '2', '3'],
  );
});

for (const [what, source] of [
  ['a document type', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
  ['an entity that is not predefined', '<a>&e;</a>'],
  ['an element that does not end', '<a><b></a>'],
  ['a second root', '<a/><b/>'],
  ['an attribute twice', '<a x="1" x="2"/>'],
  ['an attribute without quotes', '<a x=1/>'],
  ['nothing', ''],
  ['a hundred levels', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`],
] as const) {
  test(`${what} is refused`, () => assert.throws(() => parseXml(source), MalformedXml));
}

test('a long document of brackets that never close is refused in time', () => {
  assert.throws(() => parseXml('<a '.repeat(100_000)), MalformedXml);
});
