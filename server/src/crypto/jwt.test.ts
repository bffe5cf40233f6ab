// Tests that a token's signature is verified by our key and its own algorithm, whatever the token says.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type JwtSigner, type JwtVerifier, signJwt, verifyJwt } from './jwt.ts';
import { type GeneratedKey, generateSigningKey } from './signing-key.ts';

let key: GeneratedKey;
let other: GeneratedKey;
let signer: JwtSigner;
let verifiers: ReadonlyMap<string, JwtVerifier>;
let token: string;
const claims = { iss: 'https://id.test/', sub: 'auth0|1', aud: 'app' };

before(async () => {
  [key, other] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  signer = { kid: key.kid, alg: 'RS256', privateKey: key.privateKey };
  verifiers = new Map([[key.kid, { kid: key.kid, alg: 'RS256', publicKey: key.publicKey }]]);
  token = await signJwt(claims, signer);
});

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token that our own key really signed, with whatever header and body. */
function signed(header: unknown, body: unknown = claims, privateKey: KeyObject = key.privateKey): string {
  const input = `${encode(header)}.${encode(body)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

const refused = (text: string) => assert.equal(verifyJwt(text, verifiers), undefined, text.slice(0, 200));
const header = () => ({ alg: 'RS256', typ: 'JWT', kid: key.kid });

test('what is signed is verified', () => {
  assert.deepEqual(verifyJwt(token, verifiers), claims);
  assert.deepEqual(verifyJwt(signed(header()), verifiers), claims);
});

test('J01: alg none is refused, with and without a signature, however it is written', () => {
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, undefined, ['RS256'], { toString: 'RS256' }]) {
    const input = `${encode({ ...header(), alg })}.${encode(claims)}`;
    refused(`${input}.`);
    refused(input);
    refused(signed({ ...header(), alg }));
  }
});

test('J02: a MAC keyed with the public key is refused, whatever form of the key was used', () => {
  const { publicKey } = key;
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const forms = [
    pem,
    pem.trim(),
    `\n${pem}`,
    publicKey.export({ format: 'pem', type: 'pkcs1' }) as string,
    publicKey.export({ format: 'der', type: 'spki' }),
    publicKey.export({ format: 'der', type: 'pkcs1' }),
    JSON.stringify(publicKey.export({ format: 'jwk' })),
  ];
  for (const secret of forms) {
    for (const alg of ['HS256', 'RS256']) {
      const input = `${encode({ ...header(), alg })}.${encode(claims)}`;
      refused(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
    }
  }
});

test('J03: a header of another algorithm is refused, even where our key signed it so', () => {
  for (const alg of ['PS256', 'RS384', 'RS512', 'ES256', 'EdDSA', 'HS256', 'rs256', 'RS256 '])
    refused(signed({ ...header(), alg }));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  refused(signed({ ...header(), alg: 'ES256' }, claims, privateKey));
});

test('J04: a kid that names no key of ours is refused, whatever it holds', () => {
  const kids = [
    '../../dev/null',
    "' OR 1=1--",
    'x\0',
    'x'.repeat(10_000),
    '__proto__',
    'constructor',
    '',
    [key.kid],
    { kid: key.kid },
    1,
    null,
    undefined,
    `${key.kid} `,
  ];
  for (const kid of kids) refused(signed({ ...header(), kid }));
});

test('J05: a header that brings or names its own key is refused', () => {
  const jwk = createPublicKey(other.privateKey).export({ format: 'jwk' });
  for (const extra of [{ jwk }, { jku: 'http://127.0.0.1:1/jwks' }, { x5u: 'http://127.0.0.1:1/cert' }]) {
    refused(signed({ ...header(), ...extra }));
    refused(signed({ ...header(), ...extra }, claims, other.privateKey));
  }
  refused(signed({ ...header(), kid: other.kid }, claims, other.privateKey));
  refused(signed(header(), claims, other.privateKey));
});

test('J06: crit and b64 are refused', () => {
  for (const extra of [
    { crit: ['exp2'], exp2: 1 },
    { crit: ['b64'], b64: false },
    { crit: [] },
    { crit: ['alg'] },
    { crit: null },
    { b64: true },
  ]) {
    refused(signed({ ...header(), ...extra }));
  }
});

test('J07: five parts, or any number but three, are refused', () => {
  const [head, body, tail] = token.split('.') as [string, string, string];
  for (const text of [
    '',
    '.',
    '..',
    '...',
    head,
    `${head}.${body}`,
    `${token}.`,
    `${token}.${tail}`,
    `${head}.${head}.${body}.${tail}.${tail}`,
    `.${body}.${tail}`,
    `${head}..${tail}`,
    `${head}.${body}.`,
  ]) {
    refused(text);
  }
});

test('J08: a header or body that is no JSON object is refused, even where our key signed it', () => {
  for (const text of ['', 'null', '[]', '"x"', '1', '{', '{"alg":"RS256"', `${'['.repeat(3000)}${']'.repeat(3000)}`]) {
    refused(signed(text));
    refused(signed(header(), text));
  }
});

test('J08: duplicate members cannot smuggle another algorithm past the key', () => {
  refused(`${encode(`{"kid":"${key.kid}","alg":"RS256","alg":"none"}`)}.${encode(claims)}.`);
  refused(`${encode(`{"kid":"${key.kid}","alg":"none","alg":"RS256"}`)}.${encode(claims)}.`);
});

test('J09: no other spelling of the same bytes is accepted', () => {
  const [head, body, tail] = token.split('.') as [string, string, string];
  const last = tail.at(-1) as string;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const sibling = alphabet[alphabet.indexOf(last) ^ 1] as string;
  for (const text of [
    `${token}=`,
    `${token}==`,
    ` ${token}`,
    `${token}\n`,
    `${head}=.${body}.${tail}`,
    `${head}.${body} .${tail}`,
    `${head}.${body}.${tail.slice(0, -1)}${sibling}`,
    `${head}.${body}.${Buffer.from(tail, 'base64url').toString('base64')}`,
  ]) {
    refused(text);
  }
});

test('T10: with any character cut, changed, added or moved a token is refused', () => {
  const edit = fc.record({ at: fc.nat(), text: fc.string({ maxLength: 2 }), removed: fc.nat({ max: 2 }) });
  fc.assert(
    fc.property(edit, ({ at, text, removed }) => {
      const place = at % (token.length + 1);
      const changed = token.slice(0, place) + text + token.slice(place + removed);
      fc.pre(changed !== token);
      refused(changed);
    }),
  );
  for (let length = 0; length < token.length; length += 1) refused(token.slice(0, length));
  const [head, body, tail] = token.split('.') as [string, string, string];
  refused([body, head, tail].join('.'));
  refused([head, tail, body].join('.'));
  refused(token.toUpperCase());
});

test('D01: a token of more than 16 kB is refused before it is looked at', () => {
  refused(signed({ ...header(), pad: 'x'.repeat(16_384) }));
});
