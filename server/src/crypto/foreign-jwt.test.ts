// Tests that a JWT of somebody else is believed only when one of the keys that are known to be theirs signed it.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { peekJwt, verifyForeignJwt } from './foreign-jwt.ts';
import { type ReadKey, readJwk, readSecret } from './key-text.ts';

const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const read = ({ publicKey }: { publicKey: KeyObject }, extra = {}): ReadKey =>
  readJwk({ ...publicKey.export({ format: 'jwk' }), ...extra } as Record<string, unknown>);
const keys = [read(mine, { kid: 'k1' }), read(rsa, { kid: 'k2' })];
const algorithms = ['ES256', 'PS256'];
const claims = { iss: 'app', jti: '1' };
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token that the key really signed, with whatever header and body. */
function signed(header: unknown, body: unknown = claims, { privateKey } = mine): string {
  const input = `${encode(header)}.${encode(body)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

const verified = (token: string) => verifyForeignJwt(token, keys, { algorithms })?.claims;
const refused = (token: string) => assert.equal(verified(token), undefined, token.slice(0, 200));
const header = { alg: 'ES256', kid: 'k1' };

test('what one of the keys signed is believed, with and without a kid', async () => {
  assert.deepEqual(verified(signed(header)), claims);
  assert.deepEqual(verified(signed({ alg: 'ES256' })), claims);
  const byJose = await new SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid: 'k2' }).sign(rsa.privateKey);
  assert.deepEqual(verified(byJose), claims);
});

test('J01: none is refused, with and without a signature', () => {
  for (const alg of ['none', 'None', 'NONE', '', null, undefined, ['ES256']]) {
    refused(`${encode({ ...header, alg })}.${encode(claims)}.`);
    refused(signed({ ...header, alg }));
    const options = { algorithms: ['none', 'None', 'NONE', ''] };
    assert.equal(verifyForeignJwt(`${encode({ alg })}.${encode(claims)}.`, keys, options), undefined);
  }
});

test('J02: a MAC keyed with a public key is refused, even where MACs are allowed', () => {
  const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
  const input = `${encode({ alg: 'HS256', kid: 'k2' })}.${encode(claims)}`;
  const token = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
  assert.equal(verifyForeignJwt(token, keys, { algorithms: ['HS256', 'RS256'] }), undefined);
});

test('J03: an algorithm that is not the key’s, or not expected, is refused', () => {
  for (const alg of ['RS256', 'PS256', 'ES384', 'EdDSA']) refused(signed({ ...header, alg }));
  assert.equal(verifyForeignJwt(signed(header), keys, { algorithms: ['PS256'] }), undefined);
});

test('J03: a key that is registered for one algorithm or for encryption verifies no other', () => {
  const token = signed({ alg: 'ES256' });
  for (const extra of [{ alg: 'ES384' }, { use: 'enc' }]) {
    assert.equal(verifyForeignJwt(token, [read(mine, extra)], { algorithms }), undefined);
  }
});

test('J04 and J05: another kid, and a key that the header brings or names, help nobody', () => {
  for (const kid of ['k2', 'k3', '', ' k1', '__proto__', null, 1, ['k1'], 'x'.repeat(10_000)])
    refused(signed({ ...header, kid }));
  const jwk = stranger.publicKey.export({ format: 'jwk' });
  refused(signed({ ...header, jwk }, claims, stranger));
  refused(signed({ ...header, jku: 'http://127.0.0.1:1/' }, claims, stranger));
});

test('J06: crit and b64 are refused', () => {
  for (const extra of [{ crit: [] }, { crit: ['exp'], exp: 1 }, { b64: false }])
    refused(signed({ ...header, ...extra }));
});

test('J08: duplicate members, no objects and deep nesting are refused, even where the key signed them', () => {
  refused(signed('{"alg":"ES256","kid":"k1","alg":"ES256"}'));
  refused(signed(header, '{"iss":"app","iss":"other"}'));
  for (const body of ['null', '[]', '"x"', '{', '', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, '{"a":"\xff"}x'])
    refused(signed(header, body));
});

test('J09: no other spelling of the same bytes is believed', () => {
  const token = signed(header);
  const [head, body, tail] = token.split('.') as [string, string, string];
  for (const text of [
    `${token}=`,
    ` ${token}`,
    `${token}\n`,
    `${head}=.${body}.${tail}`,
    `${token}.`,
    `${head}.${body}`,
  ])
    refused(text);
});

test('a secret signs only when it is as long as its digest (RFC 7518 §3.2)', async () => {
  for (const [length, believed] of [
    [31, false],
    [32, true],
  ] as const) {
    const secret = Buffer.alloc(length, 1);
    const input = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
    const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    assert.equal(verifyForeignJwt(token, [readSecret(secret)], { algorithms: ['HS256'] }) !== undefined, believed);
  }
});

test('typ is compared without case and without application/ (RFC 7515 §4.1.9), where it is judged', () => {
  const verdict = (typ: unknown) =>
    verifyForeignJwt(signed({ ...header, typ }), keys, { algorithms, types: ['dpop+jwt'] }) !== undefined;
  for (const typ of ['dpop+jwt', 'DPoP+JWT', 'application/dpop+jwt']) assert.equal(verdict(typ), true, typ);
  for (const typ of ['JWT', '', undefined, null, ['dpop+jwt'], 'dpop+jwt ']) assert.equal(verdict(typ), false);
});

test('whatever text it is, it is refused and nothing is thrown', () => {
  const token = signed(header);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.nat(token.length).map((at) => token.slice(0, at)),
      ),
      (text) => {
        fc.pre(text !== token);
        refused(text);
        peekJwt(text);
      },
    ),
  );
  fc.assert(fc.property(fc.json(), fc.json(), (head, body) => refused(signed(head, body))));
  refused(signed({ ...header, pad: 'x'.repeat(16_384) }));
});

test('a peek tells what a token says, and believes nothing', () => {
  assert.deepEqual(peekJwt(signed(header, claims, stranger))?.claims, claims);
  assert.equal(peekJwt('a.b.c'), undefined);
});
