import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from './csv.ts';
import { memberAt } from './member-path.ts';

test('a line has commas between its cells and ends with CR LF (RFC 4180 §2)', () => {
  assert.equal(csvLine(['a', 1, true, null, undefined, 'b']), 'a,1,true,,,b\r\n');
});

test('what has commas, quotes or line breaks is quoted', () => {
  assert.equal(
    csvLine(['a,b', 'say "yes"', 'two\nlines', { a: 1 }]),
    '"a,b","say ""yes""","two\nlines","{""a"":1}"\r\n',
  );
});

for (const text of [
  '=HYPERLINK("https://x.example")',
  '+1',
  '-1',
  '@SUM(1)',
  '\tx',
  '\rx',
  '\nx',
  '＝1',
  '＋1',
  '－1',
  '＠x',
]) {
  test(`I10: ${JSON.stringify(text)} is no formula`, () => {
    assert.equal(csvLine([text]), `"'${text.replaceAll('"', '""')}"\r\n`);
  });
}

test('a number is one, whatever its sign', () => assert.equal(csvLine([-1]), '-1\r\n'));

test('a path leads through objects and lists, and to nothing where nothing is', () => {
  const user = { identities: [{ connection: 'db' }], app_metadata: { plan: 'gold' } };
  assert.equal(memberAt(user, 'identities[0].connection'), 'db');
  assert.equal(memberAt(user, 'app_metadata.plan'), 'gold');
  assert.deepEqual(memberAt(user, 'identities'), [{ connection: 'db' }]);
  assert.equal(memberAt(user, 'identities[1].connection'), undefined);
  assert.equal(memberAt(user, 'constructor.name'), undefined);
});
