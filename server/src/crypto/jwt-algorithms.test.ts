// Tests that for every algorithm of ours nothing but what our own key has signed is accepted, whatever is sent (J01–J09, T10).
import assert from 'node:assert/strict';
import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type KeyAlgorithm, keyAlgorithms } from '#protocol/signing-algorithm';
import { signBytes } from './jws.ts';
import { type JwtVerifier, openJwt, signJwt, verifyJwt } from './jwt.ts';
import { type GeneratedKey, generateSigningKey } from './signing-key.ts';

const claims = { iss: 'https://id.test/', sub: 'auth0|1', aud: 'app' };
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const keys = new Map<KeyAlgorithm, GeneratedKey>();
/** All the keys of a server that uses every algorithm. */
const verifiers = new Map<string, JwtVerifier>();
before(async () => {
  for (const key of await Promise.all(keyAlgorithms.map((alg) => generateSigningKey(alg)))) {
    keys.set(key.alg, key);
    verifiers.set(key.kid, { kid: key.kid, alg: key.alg, publicKey: key.publicKey });
  }
});

const refused = (text: string) => assert.equal(verifyJwt(text, verifiers), undefined, text.slice(0, 300));

for (const alg of keyAlgorithms) {
  describe(alg, () => {
    let key: GeneratedKey;
    let token: string;
    before(async () => {
      key = keys.get(alg) as GeneratedKey;
      token = await signJwt(claims, key);
    });
    const header = () => ({ alg, typ: 'JWT', kid: key.kid });

    /** A token that our own key really signed, with whatever header and body. */
    const signed = async (head: unknown, body: unknown = claims, by = { alg: alg as string, key: key.privateKey }) => {
      const input = `${encode(head)}.${encode(body)}`;
      return `${input}.${(await signBytes(by.alg, Buffer.from(input), by.key)).toString('base64url')}`;
    };

    test('what is signed is verified, as what it is', async () => {
      assert.deepEqual(verifyJwt(token, verifiers), claims);
      assert.deepEqual(verifyJwt(await signed(header()), verifiers), claims);
      assert.equal(token.split('.').length, 3);
    });

    test('J01, J02: neither no algorithm nor a MAC keyed with the public half passes', () => {
      for (const other of ['none', 'None', 'NONE', '', null, undefined, [alg]]) {
        const input = `${encode({ ...header(), alg: other })}.${encode(claims)}`;
        for (const text of [input, `${input}.`, `${input}.${token.split('.')[2]}`]) refused(text);
      }
      const { publicKey } = key;
      const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
      const der = publicKey.export({ format: 'der', type: 'spki' });
      for (const secret of [pem, pem.trim(), der, JSON.stringify(publicKey.export({ format: 'jwk' })), '']) {
        for (const name of ['HS256', alg]) {
          const input = `${encode({ ...header(), alg: name })}.${encode(claims)}`;
          refused(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
        }
      }
    });

    test('J03: a header of another algorithm is refused, and so is another key’s signature under this key’s name', async () => {
      for (const name of [
        'RS256',
        'PS256',
        'ES256',
        'EdDSA',
        'HS256',
        'RS512',
        'ES384',
        'Ed25519',
        alg.toLowerCase(),
      ]) {
        if (name !== alg) refused(await signed({ ...header(), alg: name }));
      }
      for (const [name, other] of keys) {
        if (name === alg) continue;
        const by = { alg: name as string, key: other.privateKey };
        refused(await signed(header(), claims, by));
        refused(await signed({ ...header(), kid: other.kid }));
        refused(await signed({ ...header(), kid: other.kid }, claims, by));
      }
      const stranger = await generateSigningKey(alg);
      refused(await signed(header(), claims, { alg, key: stranger.privateKey }));
    });

    test('J03: signatures of the same key in another form are refused', () => {
      const input = `${encode(header())}.${encode(claims)}`;
      const forms: Record<KeyAlgorithm, () => (Buffer | number)[]> = {
        RS256: () => [
          sign('sha256', Buffer.from(input), withPadding(key.privateKey)),
          sign('sha512', Buffer.from(input), key.privateKey),
          256,
        ],
        PS256: () => [
          sign('sha256', Buffer.from(input), key.privateKey),
          sign('sha256', Buffer.from(input), withPadding(key.privateKey, 0)),
          256,
        ],
        ES256: () => [sign('sha256', Buffer.from(input), key.privateKey), 64, 0],
        EdDSA: () => [64, 0, 32],
      };
      for (const form of forms[alg]()) {
        const bytes = typeof form === 'number' ? Buffer.alloc(form) : form;
        refused(`${input}.${bytes.toString('base64url')}`);
        refused(`${input}.${Buffer.alloc(bytes.length, 1).toString('base64url')}`);
      }
    });

    test('J04, J05, J06: a header that brings, names or demands something is refused', async () => {
      const jwk = key.publicKey.export({ format: 'jwk' });
      const extras = [
        { jwk },
        { jku: 'http://127.0.0.1:1/' },
        { x5u: 'http://127.0.0.1:1/' },
        { crit: [] },
        { b64: true },
      ];
      for (const extra of [...extras, { crit: ['exp2'], exp2: 1 }]) refused(await signed({ ...header(), ...extra }));
      for (const kid of [
        '',
        '__proto__',
        'constructor',
        '../../dev/null',
        `${key.kid}\0`,
        [key.kid],
        null,
        1,
        undefined,
      ]) {
        refused(await signed({ ...header(), kid }));
      }
    });

    test('T11: what isn’t of the type that is asked for is refused, though our key signed it', async () => {
      for (const typ of ['at+jwt', 'logout+jwt', 'jwt', '', null, undefined, ['JWT'], 'JWT ']) {
        refused(await signed({ ...header(), typ }));
      }
      assert.deepEqual(openJwt(await signed({ ...header(), typ: 'at+jwt' }), verifiers, ['JWT', 'at+jwt']), {
        typ: 'at+jwt',
        claims,
      });
    });

    test('J08: what is no JSON object is refused', async () => {
      for (const text of ['', 'null', '[]', '"x"', '1', '{', `${'['.repeat(3000)}${']'.repeat(3000)}`]) {
        refused(await signed(text));
        refused(await signed(header(), text));
      }
      refused(`${encode(`{"typ":"JWT","kid":"${key.kid}","alg":"${alg}","alg":"none"}`)}.${encode(claims)}.`);
    });

    test('J09, T10: with any bit of the signature, and any character anywhere, changed it is refused', () => {
      const [head = '', body = '', tail = ''] = token.split('.');
      const bytes = Buffer.from(tail, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 7) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        refused(`${head}.${body}.${flipped.toString('base64url')}`);
      }
      const edit = fc.record({ at: fc.nat(), text: fc.string({ maxLength: 2 }), removed: fc.nat({ max: 2 }) });
      fc.assert(
        fc.property(edit, ({ at, text, removed }) => {
          const place = at % (token.length + 1);
          const changed = token.slice(0, place) + text + token.slice(place + removed);
          fc.pre(changed !== token);
          refused(changed);
        }),
      );
      for (const text of [`${token}=`, ` ${token}`, `${token}\n`, `${head}.${body}.${bytes.toString('base64')}=`])
        refused(text);
    });
  });
}

function withPadding(key: KeyObject, saltLength = 32) {
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

describe('whatever is sent', () => {
  test('raw bytes are no token, and no exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        for (const sent of [text, Buffer.from(bytes).toString('utf8'), Buffer.from(bytes).toString('base64url')]) {
          refused(sent);
          refused(`${sent}.${sent}.${sent}`);
        }
      }),
    );
  });

  test('any JSON as header and body, under any of our kids, with any signature, is no token', () => {
    const kid = fc.constantFrom(...keyAlgorithms).map((alg) => keys.get(alg)?.kid);
    const head = fc.oneof(
      fc.json(),
      fc
        .record({ alg: fc.constantFrom(...keyAlgorithms, 'none', 'HS256'), typ: fc.constant('JWT'), kid })
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(head, fc.json(), fc.uint8Array({ maxLength: 256 }), (header, body, signature) => {
        refused(`${encode(header)}.${encode(body)}.${Buffer.from(signature).toString('base64url')}`);
      }),
    );
  });

  test('parts of different tokens don’t make one', async () => {
    const tokens = await Promise.all([...keys.values()].map((key) => signJwt({ ...claims, jti: key.alg }, key)));
    const parts = tokens.map((token) => token.split('.'));
    for (const [a] of parts.entries()) {
      for (const [b] of parts.entries()) {
        for (const [c] of parts.entries()) {
          const mixed = [parts[a]?.[0], parts[b]?.[1], parts[c]?.[2]].join('.');
          if (!tokens.includes(mixed)) refused(mixed);
        }
      }
    }
  });
});
