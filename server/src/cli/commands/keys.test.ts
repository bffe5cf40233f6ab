// Proves that `warifu keys` works on a server's keys while that server runs, in both languages, and says what it did.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadMasterKey } from '#crypto/master-key';
import { createPasswordHasher } from '#crypto/password-hash';
import { openTenant, type Tenant } from '#domain/tenant';
import { withDatabase } from '#storage/testing';

const main = join(import.meta.dirname, '..', '..', 'main.ts');
const hour = 60 * 60 * 1000;

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A process of its own: SQLite's locks are a process's, and the server's are in this one. */
async function run(args: readonly string[], env: Record<string, string>): Promise<Said> {
  const child = spawn(process.execPath, [main, 'keys', ...args], { env: { LANG: 'C', ...env } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...said };
}

/** A server whose keys were made an hour ago. */
async function openServer(data: string, databaseUrl: string): Promise<Tenant> {
  return openTenant({
    issuer: 'http://localhost:4000/',
    databaseUrl,
    masterKey: loadMasterKey(data),
    now: () => Date.now() - hour,
    emit: () => undefined,
    outbound: async () => assert.fail('nothing is called'),
    passwords: createPasswordHasher(),
  });
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`beside a running server on ${dialect} keys are listed, rotated and revoked, and the server follows by itself`, () =>
    withDatabase(dialect, async (url) => {
      const data = mkdtempSync(join(tmpdir(), 'warifu-keys-'));
      const env = { WARIFU_DATA: data, WARIFU_DATABASE: url };
      const { ctx, close } = await openServer(data, url);
      try {
        const first = await ctx.keys.signer('RS256');
        const listed = await run(['list'], env);
        assert.equal(listed.code, 0, listed.err);
        assert.match(listed.out, new RegExp(`^RS256\n  ${first.kid}  current +signs since `));
        const rotated = await run(['rotate'], env);
        assert.equal(rotated.code, 0, rotated.err);
        const [, kid = ''] = /^RS256: (\w{22}) signs from now on\.\n$/.exec(rotated.out) ?? [];
        assert.ok(ctx.keys.verifiers.has(kid), 'the server had published it before');
        while ((await ctx.keys.signer('RS256')).kid !== kid) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.ok(ctx.keys.verifiers.has(first.kid));
        const revoked = await run(['revoke', first.kid], env);
        assert.match(revoked.out, /is revoked/);
        while (ctx.keys.verifiers.has(first.kid)) await new Promise((resolve) => setTimeout(resolve, 20));
        const again = await run(['rotate', '--alg', 'RS256'], env);
        assert.equal(again.code, 1);
        assert.match(again.err, /^RS256: the next key was published a moment ago/);
      } finally {
        await close();
        rmSync(data, { recursive: true });
      }
    }));
}

describe('on a deployment', () => {
  const data = mkdtempSync(join(tmpdir(), 'warifu-keys-'));
  const env = { WARIFU_DATA: data };
  let kid: string;
  before(async () => {
    const { ctx, close } = await openServer(data, `sqlite:${join(data, 'warifu.sqlite')}`);
    ({ kid } = await ctx.keys.signer('ES256'));
    await close();
  });
  after(() => rmSync(data, { recursive: true }));

  test('the list is JSON for programs, without anything of the private halves', async () => {
    const { code, out } = await run(['list', '--json'], env);
    assert.equal(code, 0);
    const keys = JSON.parse(out) as Record<string, string>[];
    assert.deepEqual(keys.map(({ alg, status }) => `${alg} ${status}`).sort(), [
      'ES256 current',
      'ES256 next',
      'RS256 current',
      'RS256 next',
    ]);
    assert.doesNotMatch(out, /PRIVATE|sealed/);
    assert.match(keys[0]?.['created_at'] ?? '', /^\d{4}-\d\d-\d\dT/);
  });

  test('it speaks Japanese', async () => {
    const { out } = await run(['list', '--lang', 'ja'], env);
    assert.match(out, /^RS256\n {2}\w{22} {2}現在 +.* から署名に使用中\n/);
    assert.match((await run(['revoke', 'nope'], { ...env, LANG: 'ja_JP.UTF-8' })).err, /nope という鍵はありません/);
    assert.match((await run(['rotate', '--help', '--lang=ja'], env)).out, /^使い方：warifu keys rotate/);
  });

  test('only the keys of the algorithm that is named are rotated', async () => {
    const { out } = await run(['rotate', '--alg', 'ES256'], env);
    assert.match(out, /^ES256: \w+ signs from now on\.\n$/);
    assert.match((await run(['list'], env)).out, new RegExp(`${kid}  previous +only verifies since`));
    const { code, err } = await run(['rotate', '--alg', 'EdDSA'], env);
    assert.equal(code, 1);
    assert.match(err, /^EdDSA: there are no keys/);
  });
});

test('with another master key nothing is changed that the server could not open', async () => {
  const data = mkdtempSync(join(tmpdir(), 'warifu-keys-'));
  const other = mkdtempSync(join(tmpdir(), 'warifu-keys-'));
  const url = `sqlite:${join(data, 'warifu.sqlite')}`;
  const { ctx, close } = await openServer(data, url);
  const { kid } = await ctx.keys.signer('RS256');
  await close();
  loadMasterKey(other);
  const env = { WARIFU_DATA: other, WARIFU_DATABASE: url };
  for (const args of [['rotate'], ['revoke', kid]]) {
    const { code, err } = await run(args, env);
    assert.deepEqual([code, err.split('.')[0]], [1, 'The signing key cannot be opened with this master key']);
  }
  assert.match((await run(['list'], env)).out, new RegExp(`${kid}  current`));
  for (const directory of [data, other]) rmSync(directory, { recursive: true });
});

describe('where nothing can be done', () => {
  const data = mkdtempSync(join(tmpdir(), 'warifu-keys-'));
  after(() => rmSync(data, { recursive: true }));

  test('nothing is made: no key, no database', async () => {
    const { code, err } = await run(['list'], { WARIFU_DATA: data });
    assert.equal(code, 1);
    assert.match(err, /^There is no .*master\.key\./);
    loadMasterKey(data);
    assert.match((await run(['rotate'], { WARIFU_DATA: data })).err, /^There is no database .*warifu\.sqlite\./);
  });

  const misuses: readonly (readonly [string[], RegExp])[] = [
    [[], /^Say what to do/],
    [['turn'], /^There is no sub-command turn\./],
    [['list', 'x'], /^list takes no argument/],
    [['rotate', '--alg', 'HS256'], /^The value of --alg/],
    [['rotate', '--all'], /^There is no option --all/],
    [['revoke'], /^Say which key/],
    [['revoke', 'a', 'b'], /^Say which key/],
    [['list', '--lang', 'fr'], /^The value of --lang/],
  ];
  for (const [args, sentence] of misuses) {
    test(`${JSON.stringify(args)} is answered with a sentence, and 2`, async () => {
      const { code, out, err } = await run(args, { WARIFU_DATA: data });
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, sentence);
    });
  }
});
