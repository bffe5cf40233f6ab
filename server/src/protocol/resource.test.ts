// Tests the naming of APIs: by audience, by resource, and by several at once (RFC 8707 §2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import { OAuthError } from './oauth-error.ts';
import { gatherParameters } from './parameters.ts';
import { namedApis, namedAudience } from './resource.ts';

const [a, b] = ['https://a.test/', 'https://b.test/x?y=z'];
const read = (...pairs: [string, string][]) => namedApis(gatherParameters(pairs));

test('an audience alone is any text, and no resource', () => {
  assert.deepEqual(read(['audience', 'my api']), { audience: 'my api' });
  assert.deepEqual(read(), {});
});

test('resources come one by one, each counts once, and the audience goes first', () => {
  assert.deepEqual(read(['resource', a], ['resource', b], ['resource', a]), { audience: a, resources: [a, b] });
  assert.deepEqual(read(['resource', b], ['audience', 'my api']), { audience: 'my api', resources: ['my api', b] });
});

test('a token request names one', () => {
  const named = (...pairs: [string, string][]) => namedAudience(gatherParameters(pairs));
  assert.equal(named(['resource', a], ['audience', a]), a);
  refusalOf('invalid_target', () => named(['resource', a], ['resource', b]));
  refusalOf('invalid_target', () => named(['resource', a], ['audience', 'my api']));
});

test('R12: no other parameter may come twice', () => {
  for (const name of ['audience', 'scope', 'Resource', 'resource[]', '__proto__']) {
    refusalOf('invalid_request', () =>
      gatherParameters([
        [name, a],
        [name, b],
      ]),
    );
  }
});

test('D14: whatever is named, it is absolute URIs without fragments or invalid_target', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.webUrl({ withFragments: true }), fc.string()), { maxLength: 12 }), (values) => {
      const pairs = values
        .filter((value) => !value.includes('\0'))
        .map((value): [string, string] => ['resource', value]);
      try {
        for (const resource of read(...pairs).resources ?? []) {
          assert.ok(URL.canParse(resource) && !resource.includes('#') && !resource.includes(' '));
        }
      } catch (error) {
        assert.ok(error instanceof OAuthError && error.code === 'invalid_target', String(error));
      }
    }),
  );
});
