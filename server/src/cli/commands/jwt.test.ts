// Proves that `warifu jwt` finds its way: sub-commands, help, languages, misuse, and exit codes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runJwt, written } from '../jwt/testing.ts';

const main = join(import.meta.dirname, '..', '..', 'main.ts');

function run(args: readonly string[], input = '') {
  return spawnSync(process.execPath, [main, ...args], { input, encoding: 'utf8', env: { LANG: 'C' } });
}

describe('the process', () => {
  test('reads the token from standard input, and ends with 0', () => {
    const { status, stdout, stderr } = run(['jwt', 'decode'], `${written({ sub: 'ann' })}\n`);
    assert.equal(status, 0);
    assert.match(stdout, /"sub": "ann"/);
    assert.match(stderr, /Nothing was verified/);
  });

  test('ends with 1 for what is no token, and with 2 for what it doesn’t understand', () => {
    assert.equal(run(['jwt', 'explain', 'good morning']).status, 1);
    assert.equal(run(['jwt', 'verify']).status, 2);
    assert.equal(run(['nonsense']).status, 2);
  });

  test('lists its commands when asked for help', () => {
    const { status, stdout } = run(['--help']);
    assert.equal(status, 0);
    assert.match(stdout, /^ {2}start .+\n {2}jwt /m);
  });

  test('starts no server when only help was asked for, or something that start doesn’t know', () => {
    assert.equal(run(['start', '--help']).status, 0);
    assert.equal(run(['start', '--port=80']).status, 2);
  });
});

for (const name of ['decode', 'explain', 'verify', 'sign']) {
  test(`${name} --help says how it is used, in both languages`, async () => {
    const english = await runJwt([name, '--help']);
    assert.equal(english.code, 0);
    assert.match(english.out, new RegExp(`^Usage: warifu jwt ${name} `));
    const japanese = await runJwt([name, '-h', '--lang', 'ja']);
    assert.match(japanese.out, new RegExp(`^使い方：warifu jwt ${name} `));
  });
}

describe('the language', () => {
  const refusal = async (env: Record<string, string>, ...args: string[]) =>
    (await runJwt(['decode', 'x', ...args], { env })).err;

  test('is that of LC_ALL, then LC_MESSAGES, then LANG, then English', async () => {
    assert.match(await refusal({ LANG: 'ja_JP.UTF-8' }), /トークンではありません/);
    assert.match(await refusal({ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'ja' }), /トークンではありません/);
    assert.match(await refusal({ LANG: 'ja_JP.UTF-8', LC_ALL: 'C' }), /This is no token/);
    assert.match(await refusal({ LANG: 'fr_FR.UTF-8' }), /This is no token/);
  });

  test('is that of --lang before all', async () => {
    assert.match(await refusal({ LC_ALL: 'ja_JP.UTF-8' }, '--lang', 'en'), /This is no token/);
    assert.match(await refusal({}, '--lang=ja'), /トークンではありません/);
  });

  test('that is not spoken is refused', async () => {
    const { code, err } = await runJwt(['decode', 'x', '--lang', 'fr']);
    assert.deepEqual({ code, err }, { code: 2, err: 'The value of --lang is ja or en.\n' });
  });
});

describe('misuse', () => {
  const misuses: readonly (readonly [string[], RegExp])[] = [
    [[], /^Say what to do/],
    [['lift'], /^There is no sub-command lift\./],
    [['decode', 'a', 'b'], /^One token at a time/],
    [['decode', ''], /^There is no token/],
    [['decode', '--jsonp'], /^There is no option --jsonp\./],
    [['verify', '--issuer'], /^The value of --issuer is missing/],
    [['verify', 'x', '--clock-tolerance', 'long'], /^The value of --clock-tolerance/],
    [['sign'], /^Say what to sign/],
    [['sign', '{}'], /^Sign takes no argument/],
  ];
  for (const [args, sentence] of misuses) {
    test(`${JSON.stringify(args)} is answered with a sentence, and 2`, async () => {
      const { code, out, err } = await runJwt(args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, sentence);
    });
  }

  test('a secret in the arguments is refused, and not repeated', async () => {
    const { code, err } = await runJwt(['verify', 'x', '--secret=hunter2hunter2']);
    assert.equal(code, 2);
    assert.match(err, /never taken as an argument/);
    assert.doesNotMatch(err, /hunter2/);
  });
});
