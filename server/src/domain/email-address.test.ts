// Tests which addresses are taken, and that no two spellings of one are two people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalEmail } from './email-address.ts';

test('P16: upper case and surrounding blanks make no other address', () => {
  for (const spelling of ['hana@example.com', 'Hana@Example.COM', '  hana@example.com ', 'hana@example.com\u3000']) {
    assert.equal(canonicalEmail(spelling), 'hana@example.com', spelling);
  }
});

test('P16: what only looks or folds like another address is refused', () => {
  for (const spelling of [
    '\uff41@x.com',
    '\u212a@x.com',
    '\u0131@x.com',
    '\u0130@x.com',
    '\u017f@x.com',
    'h\u0430na@x.com',
    'hana\u200b@x.com',
    'ha\u00adna@x.com',
    '"hana"@x.com',
    'hana(c)@x.com',
    'hana @x.com',
    'hana\0@x.com',
  ]) {
    assert.equal(canonicalEmail(spelling), undefined, JSON.stringify(spelling));
  }
});

test('P16: an internationalised domain has one form', () => {
  assert.equal(canonicalEmail('hana@例え.jp'), 'hana@xn--r8jz45g.jp');
  assert.equal(canonicalEmail('hana@XN--R8JZ45G.jp'), 'hana@xn--r8jz45g.jp');
  assert.equal(canonicalEmail('hana@\uff58.com'), 'hana@x.com');
  assert.equal(canonicalEmail('hana@x\u3002com'), 'hana@x.com');
});

test('a plus and dots are kept: whose they are is the mail server to say', () => {
  assert.equal(canonicalEmail('ha.na+x@example.com'), 'ha.na+x@example.com');
});

test('I09: nothing that is more or less than one address is taken', () => {
  for (const text of [
    '',
    '@',
    'hana',
    'hana@',
    '@x.com',
    'hana@x',
    'hana@x.com@y.com',
    'a@x.com\r\nBcc: b@y.com',
    'a@x.com,b@y.com',
    'a@x.com;b@y.com',
    '<a@x.com>',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    'a@1',
    'a@x..com',
    '.a@x.com',
    'a.@x.com',
    'a..b@x.com',
    'a@x.com/evil',
    'a@x.com:80',
    'a@u:p@x.com',
    'a@%65xample.com',
    'a@-x.com',
    'a@x.com.',
    `${'a'.repeat(65)}@x.com`,
    `a@${'x'.repeat(250)}.com`,
  ]) {
    assert.equal(canonicalEmail(text), undefined, JSON.stringify(text));
  }
});

test('the canonical form is its own canonical form, in lower case ASCII', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.emailAddress(),
        fc.string(),
        fc.tuple(fc.string(), fc.domain()).map((parts) => parts.join('@')),
      ),
      (text) => {
        const canonical = canonicalEmail(text);
        if (canonical === undefined) return;
        assert.equal(canonicalEmail(canonical), canonical);
        assert.equal(canonicalEmail(text.toUpperCase()), canonical);
        assert.match(canonical, /^[\x21-\x7e]+$/);
        assert.equal(canonical, canonical.toLowerCase());
        assert.ok(canonical.length <= 254);
      },
    ),
  );
});
