// Proves that `warifu jwt verify` accepts what the trusted key signed, and says which check anything else failed.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newYearSec, runJwt, written } from '../testing.ts';

const directory = mkdtempSync(join(tmpdir(), 'warifu-jwt-'));
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicText = String(publicKey.export({ type: 'spki', format: 'pem' }));
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
const other = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'other' };
const oct = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), kid: 'oct' };

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const privatePem = file('private.pem', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
const publicPem = file('public.pem', publicText);
const env = { SECRET: 's'.repeat(32), SHORT: 'short' };
const claims = { iss: 'https://login.example.com/', aud: ['https://api', 'other'], sub: 'ann', exp: newYearSec + 3600 };

async function signed(payload: object = claims, ...args: string[]): Promise<string> {
  const key = args.some((arg) => arg.startsWith('--secret')) ? [] : ['--key', privatePem];
  const { out } = await runJwt(['sign', '--payload', JSON.stringify(payload), ...key, ...args], { env });
  return out.trim();
}

const verify = (token: string, ...args: string[]) => runJwt(['verify', token, ...args], { env });

after(() => rmSync(directory, { recursive: true }));

describe('verify', () => {
  test('says of a valid token by which key, and until when', async () => {
    const { code, out } = await verify(await signed(), '--key', publicPem, '--audience', 'https://api');
    assert.equal(code, 0);
    assert.equal(
      out,
      `The token is valid.\n✔ Signature: RS256, by the key in ${publicPem}\n✔ Time: expires in 60 minutes (2026-01-01 01:00:00 UTC)\n- Issuer: not checked; use --issuer\n✔ Audience: https://api\n`,
    );
  });

  test('speaks Japanese', async () => {
    const { out } = await verify(await signed(), '--key', publicPem, '--lang', 'ja');
    assert.match(out, /^トークンは有効です。\n✔ 署名：?/);
  });

  test('finds the key of a set by kid', async () => {
    const set = file('set.jwks', JSON.stringify({ keys: [other, { kty: 'unknown' }, jwk] }));
    assert.equal((await verify(await signed(claims, '--kid', 'one'), '--jwks', set)).code, 0);
    assert.equal((await verify(await signed(), '--jwks', set)).code, 0);
    const unknown = await verify(await signed(claims, '--kid', 'two'), '--jwks', set);
    assert.equal(unknown.code, 1);
    assert.match(unknown.out, /No key is called two\. There are: other, one\./);
  });

  const failures: readonly (readonly [string, object, string[], RegExp])[] = [
    ['that it expired', { ...claims, exp: newYearSec - 7200 }, [], /✖ Time: It expired 2 hours ago/],
    [
      'that it is not valid yet',
      { ...claims, nbf: newYearSec + 7200 },
      [],
      /✖ Time: It is not valid yet, only in 2 hours/,
    ],
    ['a time that is none', { ...claims, exp: 'soon' }, [], /✖ Time: exp is no number/],
    [
      'another issuer',
      claims,
      ['--issuer', 'https://login.example.com'],
      /✖ Issuer: It is from https:\/\/login\.example\.com\/, and not/,
    ],
    [
      'another audience',
      claims,
      ['--audience', 'https://api/'],
      /✖ Audience: It is for https:\/\/api, other, and not for https:\/\/api\//,
    ],
    ['no audience', { sub: 'ann' }, ['--audience', 'https://api'], /✖ Audience: It is for \(nobody\)/],
    [
      'an algorithm that is not wanted',
      claims,
      ['--alg', 'PS256'],
      /✖ Signature: The token says RS256, but only PS256/,
    ],
  ];
  for (const [what, payload, args, sentence] of failures) {
    test(`says ${what}, and what to do`, async () => {
      const { code, out } = await verify(await signed(payload), '--key', publicPem, ...args);
      assert.equal(code, 1);
      assert.match(out, /^The token is NOT valid\.\n/);
      assert.match(out, sentence);
      assert.match(out, /^What to do: /m);
    });
  }

  test('allows clocks to differ by a minute, or as told', async () => {
    const late = await signed({ ...claims, exp: newYearSec - 30 });
    assert.equal((await verify(late, '--key', publicPem)).code, 0);
    assert.equal((await verify(late, '--key', publicPem, '--clock-tolerance', '0')).code, 1);
  });

  test('refuses a token that was changed, and does not judge its claims', async () => {
    const [head, , tail] = (await signed()).split('.');
    const changed = `${head}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.${tail}`;
    const { code, out } = await verify(changed, '--key', publicPem, '--audience', 'x');
    assert.equal(code, 1);
    assert.match(out, /✖ Signature: The signature does not fit/);
    assert.match(out, /- Audience: not checked, as the signature is wrong/);
  });

  test('warns of a short secret', async () => {
    const head = Buffer.from('{"alg":"HS256"}').toString('base64url');
    const input = `${head}.${Buffer.from('{}').toString('base64url')}`;
    const token = `${input}.${createHmac('sha256', env.SHORT).update(input).digest('base64url')}`;
    const { code, out } = await verify(token, '--secret-env', 'SHORT');
    assert.equal(code, 0);
    assert.match(out, /The secret has only 5 bytes/);
  });

  test('asks whom to trust, and never takes the token’s word for it', async () => {
    const { code, err } = await verify(await signed());
    assert.equal(code, 2);
    assert.match(
      err,
      /Say with what to verify.*\n.*If that is whom you trust: --issuer https:\/\/login\.example\.com\/\n/,
    );
  });
});

describe('verify refuses the confusion of algorithms', () => {
  const input = (header: object) => written(claims, header).split('.').slice(0, 2).join('.');

  test('HS256 with the public key as the secret', async () => {
    const forged = input({ alg: 'HS256' });
    const token = `${forged}.${createHmac('sha256', publicText).update(forged).digest('base64url')}`;
    const { code, out } = await verify(token, '--key', publicPem);
    assert.equal(code, 1);
    assert.match(out, /The token says HS256, but the key is for RS256/);
    const asSecret = await verify(token, '--secret-file', publicPem);
    assert.equal(asSecret.code, 2);
    assert.match(asSecret.err, /is a key in PEM/);
  });

  test('another algorithm than the JWK is for', async () => {
    const set = file('rs256.jwks', JSON.stringify({ keys: [jwk] }));
    const token = await signed(claims, '--alg', 'PS256');
    assert.match((await verify(token, '--jwks', set)).out, /The token says PS256, but the key is for RS256/);
  });

  test('alg none, a removed signature, crit, and a name that stands twice', async () => {
    for (const alg of ['none', 'None', 'nOnE']) {
      assert.match(
        (await verify(`${input({ alg })}.`, '--key', publicPem)).out,
        /✖ Signature: The token is not signed/,
      );
    }
    const unsigned = (await signed()).replace(/[^.]+$/, '');
    assert.match((await verify(unsigned, '--key', publicPem)).out, /✖ Signature: The token is not signed/);
    const critical = `${input({ alg: 'RS256', crit: ['b64'], b64: false })}.abcd`;
    assert.match((await verify(critical, '--key', publicPem)).out, /✖ Signature: The header’s crit demands b64/);
    const twice = `${Buffer.from('{"alg":"RS256","alg":"HS256"}').toString('base64url')}.e30.abcd`;
    assert.match((await verify(twice, '--key', publicPem)).out, /✖ Signature: A name stands twice/);
  });

  test('a key that the token brings along', async () => {
    const token = await signed(claims, '--header', JSON.stringify({ jwk }));
    const set = file(
      'others.jwks',
      JSON.stringify({ keys: [{ ...jwk, n: `${jwk.n?.slice(0, -4)}AAAA`, kid: undefined }] }),
    );
    assert.match((await verify(token, '--jwks', set)).out, /✖ Signature: The signature does not fit/);
  });
});

describe('verify fetches keys', () => {
  let server: Server;
  let origin: string;
  const answers: Record<string, RequestListener> = {};
  const json =
    (value: () => unknown): RequestListener =>
    (_, response) =>
      response.end(JSON.stringify(value()));
  const redirect =
    (location: string): RequestListener =>
    (_, response) =>
      response.writeHead(302, { location }).end();

  before(async () => {
    server = createServer((request, response) => {
      const answer = answers[request.url ?? ''];
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(answers, {
      '/keys': json(() => ({ keys: [jwk, oct] })),
      '/moved': redirect('/keys'),
      '/away': redirect('https://example.invalid/keys'),
      '/round': redirect('/round'),
      '/secret': json(() => ({ keys: [oct] })),
      '/text': (_: unknown, response: { end(text: string): void }) => response.end('hello'),
      '/large': json(() => 'x'.repeat(1_100_000)),
      '/broken': (_: unknown, response: { writeHead(status: number): { end(): void } }) =>
        response.writeHead(500).end(),
      '/.well-known/openid-configuration': json(() => ({ issuer: `${origin}/`, jwks_uri: `${origin}/keys` })),
      '/.well-known/oauth-authorization-server/tenant': json(() => ({
        issuer: `${origin}/tenant`,
        jwks_uri: `${origin}/keys`,
      })),
      '/liar/.well-known/openid-configuration': json(() => ({
        issuer: 'https://example.com/',
        jwks_uri: `${origin}/keys`,
      })),
    });
  });
  after(() => server.close());

  test('of a set at an address, and of one that moved on the same origin', async () => {
    const token = await signed(claims, '--kid', 'one');
    assert.equal((await verify(token, '--jwks', `${origin}/keys`)).code, 0);
    assert.equal((await verify(token, '--jwks', `${origin}/moved`)).code, 0);
  });

  test('of an issuer by discovery, whose spelling the token must have', async () => {
    const token = await signed({ ...claims, iss: `${origin}/` }, '--kid', 'one');
    assert.match((await verify(token, '--issuer', `${origin}/`)).out, /✔ Issuer: /);
    assert.equal((await verify(token, '--issuer', origin)).code, 0);
    const unslashed = await signed({ ...claims, iss: origin }, '--kid', 'one');
    assert.match((await verify(unslashed, '--issuer', origin)).out, /✖ Issuer: /);
  });

  test('of an OAuth authorization server with a path', async () => {
    const token = await signed({ ...claims, iss: `${origin}/tenant` }, '--kid', 'one');
    assert.equal((await verify(token, '--issuer', `${origin}/tenant`)).code, 0);
  });

  test('and never a shared secret among them', async () => {
    const head = Buffer.from('{"alg":"HS256","kid":"oct"}').toString('base64url');
    const token = `${head}.e30.${createHmac('sha256', Buffer.alloc(32, 1)).update(`${head}.e30`).digest('base64url')}`;
    assert.match((await verify(token, '--jwks', `${origin}/keys`)).out, /No key is called oct/);
    assert.match((await verify(token, '--jwks', `${origin}/secret`)).err, /no key that verifies signatures/);
  });

  const refusals: readonly (readonly [string, (origin: string) => string[], RegExp])[] = [
    ['a redirect to another origin', (at) => ['--jwks', `${at}/away`], /redirects to another origin/],
    ['a redirect without end', (at) => ['--jwks', `${at}/round`], /redirects to another origin/],
    ['what is no JSON', (at) => ['--jwks', `${at}/text`], /is no JSON object/],
    ['more than 1 MiB', (at) => ['--jwks', `${at}/large`], /longer than 1 MiB/],
    ['an error', (at) => ['--jwks', `${at}/broken`], /answered with status 500/],
    ['nothing', (at) => ['--jwks', `${at}/nothing`], /is no JWKS/],
    ['http on another machine', () => ['--jwks', 'http://example.com/keys'], /no address that keys may come from/],
    ['another scheme', () => ['--jwks', 'file:///etc/passwd'], /no address that keys may come from/],
    ['an issuer that is no address', () => ['--issuer', 'example.com'], /no address that keys may come from/],
    ['an issuer without discovery', (at) => ['--issuer', `${at}/none`], /No discovery document/],
    [
      'the document of another issuer',
      (at) => ['--issuer', `${at}/liar`],
      /of another issuer, https:\/\/example\.com\//,
    ],
  ];
  for (const [what, args, sentence] of refusals) {
    test(`but refuses ${what}, with 2`, async () => {
      const { code, err } = await verify(await signed(), ...args(origin));
      assert.equal(code, 2);
      assert.match(err, sentence);
    });
  }

  test('and says so when nobody listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { code, err } = await verify(await signed(), '--jwks', `http://127.0.0.1:${port}/keys`);
    assert.deepEqual(
      { code, err },
      { code: 2, err: `http://127.0.0.1:${port}/keys cannot be reached: ECONNREFUSED\n` },
    );
  });
});
