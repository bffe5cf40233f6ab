// Tests the grammar of searches: every construction of the language, and that hostile text ends in an error.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type LuceneQuery, type LuceneValue, parseLucene } from './lucene.ts';
import { LuceneSyntaxError } from './lucene-tokens.ts';

function shownValue(value: LuceneValue): string {
  if (value.type === 'term') return `=${value.text}`;
  if (value.type === 'phrase') return `="${value.text}"`;
  if (value.type === 'pattern') {
    return `~${value.pattern.map((part) => (typeof part === 'string' ? part : `<${part.wildcard}>`)).join('')}`;
  }
  const from = value.from ? `${value.from.inclusive ? '[' : '{'}${value.from.text}` : '(';
  return `=${from}..${value.to ? `${value.to.text}${value.to.inclusive ? ']' : '}'}` : ')'}`;
}

/** A query written back with all its parentheses: what was understood, at a glance. */
function shown(query: LuceneQuery): string {
  switch (query.type) {
    case 'and':
      return `(${query.clauses.map(shown).join(' & ')})`;
    case 'or':
      return `(${query.clauses.map(shown).join(' | ')})`;
    case 'not':
      return `!${shown(query.clause)}`;
    case 'everything':
      return 'all';
    case 'exists':
      return `has ${query.field}`;
    case 'match':
      return `${query.field ?? ''}${shownValue(query.value)}`;
  }
}

const cases: readonly (readonly [query: string, meaning: string])[] = [
  ['jane', '=jane'],
  ['"jane smith"', '="jane smith"'],
  ['name:"jane smith"', 'name="jane smith"'],
  ['app_metadata.subscription.plan:gold', 'app_metadata.subscription.plan=gold'],
  ['_exists_:email', 'has email'],
  ['email:*', 'has email'],
  ['*', 'all'],
  ['*:*', 'all'],
  ['name:jo*n?', 'name~jo<any>n<one>'],
  ['name:*abc*', 'name~<any>abc<any>'],
  ['name:"jo*n"', 'name="jo*n"'],
  ['name:jo\\*n', 'name=jo*n'],
  ['name:\\"q\\"', 'name="q"'],
  ['user_id:auth0\\|1', 'user_id=auth0|1'],
  ['user_id:"auth0|a\\"b\\\\c"', 'user_id="auth0|a"b\\c"'],
  ['logins_count:[100 TO 200}', 'logins_count=[100..200}'],
  ['logins_count:{100 TO *]', 'logins_count={100..)'],
  ['last_login:[* TO 2017-12-31T10:00:00.000Z]', 'last_login=(..2017-12-31T10:00:00.000Z]'],
  ['d:["2017 01" TO "2018"]', 'd=[2017 01..2018]'],
  ['logins_count:>5', 'logins_count={5..)'],
  ['logins_count:>=5', 'logins_count=[5..)'],
  ['logins_count:<5', 'logins_count=(..5}'],
  ['logins_count:<= 5', 'logins_count=(..5]'],
  ['logins_count:-5', 'logins_count=-5'],
  ['phone_number:+15551234', 'phone_number=+15551234'],
  ['name:jane*smith', 'name~jane<any>smith'],
  ['a:1 AND b:2 OR c:3', '((a=1 & b=2) | c=3)'],
  ['a:1 && b:2 || c:3', '((a=1 & b=2) | c=3)'],
  ['a&&b', '=a&&b'],
  ['a:1 AND (b:2 OR c:3)', '(a=1 & (b=2 | c=3))'],
  ['email:("a@x.jp" OR b@x.jp)', '(email="a@x.jp" | email=b@x.jp)'],
  ['email:(a b)', '(email=a | email=b)'],
  ['name:(+a -b)', '(name=a & !name=b)'],
  ['a:1 b:2', '(a=1 | b=2)'],
  ['a:1 NOT b:2', '(a=1 & !b=2)'],
  ['a:1 -b:2', '(a=1 & !b=2)'],
  ['+a:1 b:2', 'a=1'],
  ['NOT a:1', '!a=1'],
  ['!a:1', '!a=1'],
  ['NOT NOT a:1', '!!a=1'],
  ['email_verified:false OR NOT _exists_:email_verified', '(email_verified=false | !has email_verified)'],
  ['(NOT _exists_:logins_count OR logins_count:0)', '(!has logins_count | logins_count=0)'],
  ['a:1 AND NOT b:2', '(a=1 & !b=2)'],
  ['and or not', '(=and | =or | =not)'],
  ['name:well-known', 'name=well-known'],
  ['last_ip:a/b', 'last_ip=a/b'],
  ['名前:"花子"', '名前="花子"'],
];

describe('what a query means', () => {
  for (const [query, meaning] of cases) {
    test(query, () => assert.equal(shown(parseLucene(query)), meaning));
  }
});

describe('what is no query', () => {
  const broken: readonly (readonly [query: string, position: number])[] = [
    ['', 0],
    ['   ', 3],
    ['a:', 2],
    ['a:(b', 4],
    ['a)', 1],
    ['()', 1],
    ['"open', 0],
    ['a:"open\\"', 2],
    ['a\\', 1],
    ['AND a', 0],
    ['a AND', 5],
    ['a OR OR b', 5],
    ['NOT', 3],
    ['a:[1 2]', 5],
    ['a:[1 TO 2', 9],
    ['a:[1 TO (]', 8],
    ['a:]', 2],
    ['a:b:c', 3],
    ['a:(b:c)', 3],
    ['n*:c', 0],
    ['_exists_:a*', 9],
    ['*:a', 2],
    ['name:jane~2', 9],
    ['"a b"~3', 5],
    ['name:jane^2', 9],
    ['name:/jo.*/', 5],
    ['a:>*', 3],
    [':a', 0],
  ];
  for (const [query, position] of broken) {
    test(JSON.stringify(query), () => {
      assert.throws(
        () => parseLucene(query),
        (error) => error instanceof LuceneSyntaxError && error.position === position,
      );
    });
  }

  test('one that is too long, too deep or has too many values', () => {
    assert.throws(() => parseLucene('a'.repeat(4097)), LuceneSyntaxError);
    assert.throws(() => parseLucene(`${'('.repeat(21)}a${')'.repeat(21)}`), /nested too deeply/);
    assert.throws(() => parseLucene('!'.repeat(4000)), /nested too deeply/);
    assert.throws(() => parseLucene('a '.repeat(300)), /250 values/);
    parseLucene(`${'('.repeat(20)}a${')'.repeat(20)}`);
    parseLucene('a '.repeat(250));
  });
});

describe('whatever is typed', () => {
  const soup = fc.array(
    fc.constantFrom(
      'a',
      'b:',
      'TO',
      'AND',
      'OR',
      'NOT',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      '\\',
      '*',
      '?',
      '+',
      '-',
      '!',
    ),
  );

  test('it is a tree or a LuceneSyntaxError, whose place lies within the text', () => {
    const judge = (text: string) => {
      try {
        assert.equal(typeof parseLucene(text).type, 'string');
      } catch (error) {
        assert.ok(error instanceof LuceneSyntaxError, String(error));
        assert.ok(error.position >= 0 && error.position <= text.length);
      }
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), judge));
    fc.assert(fc.property(soup, (parts) => judge(parts.join(' '))));
    fc.assert(fc.property(soup, (parts) => judge(parts.join(''))));
  });

  test('a phrase with its quotes and backslashes escaped comes back to the letter', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
      const query = parseLucene(`name:"${text.replaceAll(/["\\]/g, '\\$&')}"`);
      assert.ok(query.type === 'match' && query.value.type === 'phrase');
      assert.equal(query.value.text, text);
    });
    fc.assert(property);
  });

  test('a word with everything escaped that means something comes back to the letter', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 }), (text) => {
      const query = parseLucene(`name:${[...text].map((character) => `\\${character}`).join('')}`);
      assert.ok(query.type === 'match' && query.value.type === 'term');
      assert.equal(query.value.text, text);
    });
    fc.assert(property);
  });
});
