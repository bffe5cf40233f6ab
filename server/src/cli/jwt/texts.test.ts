// Owns the proof that `warifu jwt` says everything in every language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jwtTexts } from './texts.ts';

/** Every sentence by its path; one with parameters is called with what each could be. */
function sentences(node: unknown, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') return path === '/list' ? [] : [[path, String(node('8', '9', '10'))]];
  return Object.entries(node as object).flatMap(([key, child]) => sentences(child, `${path}/${key}`));
}

test('every language has every sentence, and none is empty or padded', () => {
  const paths = Object.values(jwtTexts).map((texts) =>
    sentences(texts)
      .map(([path]) => path)
      .sort(),
  );
  assert.deepEqual(paths[1], paths[0]);
  for (const [path, text] of Object.values(jwtTexts).flatMap((texts) => sentences(texts))) {
    assert.ok(text !== '' && text === text.trim(), path);
  }
});

test('Japanese sentences are Japanese', () => {
  const exceptions = ['/verify/signedBy'];
  for (const [path, text] of sentences(jwtTexts.ja)) {
    if (!exceptions.includes(path)) assert.match(text, /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u, path);
  }
});

test('both helps name the same options', () => {
  const options = (text: string) => [...new Set(text.match(/--[a-z-]+/g))].sort();
  for (const name of ['decode', 'explain', 'verify', 'sign'] as const) {
    assert.deepEqual(options(jwtTexts.ja.help[name]), options(jwtTexts.en.help[name]));
  }
});
