// Proves that `warifu jwt decode` shows what a token says, and survives whatever it is given.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { newYearSec, runJwt, written } from '../testing.ts';
import { readToken } from '../token.ts';

describe('decode', () => {
  test('shows header and payload, with dates beside the times', async () => {
    const { code, out, err } = await runJwt(['decode', written({ sub: 'ann', exp: newYearSec + 7200 })]);
    assert.equal(code, 0);
    assert.equal(
      out,
      `Header\n{\n  "alg": "RS256",\n  "typ": "JWT",\n  "kid": "one"\n}\n\nPayload\n{\n  "sub": "ann",\n  "exp": 1767232800  ← 2026-01-01 02:00:00 UTC (in 2 hours)\n}\n\nSignature: 3 bytes\n`,
    );
    assert.match(err, /^Nothing was verified/);
  });

  test('gives programs JSON', async () => {
    const { out } = await runJwt(['decode', '--json', written({ sub: 'ann\u009b', exp: 1 })]);
    assert.deepEqual(JSON.parse(out), {
      header: { alg: 'RS256', typ: 'JWT', kid: 'one' },
      payload: { sub: 'ann\u009b', exp: 1 },
      signature: 'abcd',
    });
  });

  test('colours on a terminal only, and not when NO_COLOR is set', async () => {
    const token = written({ sub: 'ann' });
    const coloured = async (isTTY: boolean, env = {}) =>
      (await runJwt(['decode', token], { isTTY, env })).out.includes('\u001b[');
    assert.equal(await coloured(true), true);
    assert.equal(await coloured(false), false);
    assert.equal(await coloured(true, { NO_COLOR: '1' }), false);
  });

  test('never lets a token command the terminal', async () => {
    const evil = '\u001b[2J\u009b31m\u202egnp.exe\u0007\u007f';
    const token = written({ [evil]: evil }, { alg: evil, typ: 'JWT' });
    for (const action of ['decode', 'explain', 'verify']) {
      const { out, err } = await runJwt([action, token]);
      assert.doesNotMatch((out + err).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u, action);
    }
  });

  test('takes a token as it is pasted', async () => {
    const token = written({ sub: 'ann' });
    for (const pasted of [`  ${token}\n`, `Bearer ${token}`, `Authorization: Bearer ${token}`, `"${token}"`]) {
      assert.equal((await runJwt(['decode', '-'], { stdin: pasted })).code, 0, pasted);
    }
  });

  test('shows the header of an encrypted token', async () => {
    const header = Buffer.from('{"alg":"RSA-OAEP-256","enc":"A256GCM"}').toString('base64url');
    const { code, out } = await runJwt(['decode', `${header}.aa.bb.cc.dd`]);
    assert.equal(code, 0);
    assert.match(out, /"enc": "A256GCM"\n}\n\nThe payload is encrypted/);
  });

  const part = (text: string) => Buffer.from(text).toString('base64url');
  const good = part('{"alg":"RS256"}');
  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['a token without its end', written({}).split('.').slice(0, 2).join('.'), /has 2 parts instead of 3/],
    ['a token with a changed character', written({}).replace('eyJ', 'ey*'), /This is no token/],
    ['base64 that is padded', `${good}.${part('{}')}=.abcd`, /payload is no base64url/],
    ['bytes that are no UTF-8', `${good}.${Buffer.from([0xff, 0xfe]).toString('base64url')}.abcd`, /no text in UTF-8/],
    ['a payload that is no JSON', `${good}.${part('{"sub":')}.abcd`, /payload is no JSON\./],
    ['a payload that is a list', `${good}.${part('[1]')}.abcd`, /JSON, but no object/],
    ['a payload of a great depth', `${good}.${part(`{"a":${'['.repeat(9999)}${']'.repeat(9999)}}`)}.abcd`, /deeper/],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIE', /private key.*Show it to nobody/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIE', /a key or a certificate/],
    ['an answer of a token endpoint', '{"access_token":"abc"}', /the token is the value of access_token/],
    ['an opaque token', 'k3v9Zp0qR7sT1uV2wX3yZ4', /introspection/],
    ['a refresh token', `v1.${'a'.repeat(70)}`, /opaque refresh token/],
  ];
  for (const [what, text, sentence] of broken) {
    test(`says what is wrong with ${what}`, async () => {
      const { code, out, err } = await runJwt(['decode', '-'], { stdin: text });
      assert.deepEqual({ code, out }, { code: 1, out: '' });
      assert.match(err, sentence);
    });
  }

  test('refuses what is longer than any token', async () => {
    const { code, err } = await runJwt(['decode'], { stdin: 'a'.repeat(1_048_577) });
    assert.equal(code, 2);
    assert.match(err, /too long/);
  });
});

describe('whatever the text is', () => {
  const part = (value: string) => Buffer.from(value).toString('base64url');
  const claims = fc.dictionary(
    fc.constantFrom('exp', 'nbf', 'iat', 'iss', 'aud', 'sub', 'alg', 'crit', 'kid', 'events', '__proto__', 'toString'),
    fc.jsonValue(),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.json(), fc.json()).map(([head, body]) => `${part(head)}.${part(body)}.abcd`),
    fc.tuple(claims, claims).map(([head, body]) => `${part(JSON.stringify(head))}.${part(JSON.stringify(body))}.`),
  );
  for (const action of ['decode', 'explain', 'verify'] as const) {
    test(`${action} ends with a sentence and an exit code`, async () => {
      await fc.assert(
        fc.asyncProperty(texts, fc.constantFrom('en', 'ja'), async (stdin, lang) => {
          const args = action === 'verify' ? ['--secret-env', 'S'] : [];
          const { code, out, err } = await runJwt([action, '--lang', lang, ...args], { stdin, env: { S: 'secret' } });
          const forms: Record<typeof action, string[]> = {
            decode: ['jws', 'jwe'],
            explain: ['jws', 'jwe', 'refresh'],
            verify: [],
          };
          assert.equal(code === 0, forms[action].includes(readToken(stdin).form));
          assert.notEqual(out + err, '');
        }),
        { numRuns: 300 },
      );
    });
  }
});
