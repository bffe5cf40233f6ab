// Owns the proof that every language says everything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from './en.ts';
import { catalogues, locales } from './locale.ts';

/** Every sentence by its path; one with parameters is called with what each parameter could be. */
function sentences(node: unknown, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') return [[path, String(node('8', '9'))]];
  return Object.entries(node as object).flatMap(([key, child]) => sentences(child, `${path}/${key}`));
}

for (const locale of locales) {
  test(`${locale} has every sentence, and none is empty or padded`, () => {
    const all = sentences(catalogues[locale]);
    assert.deepEqual(
      all.map(([path]) => path).sort(),
      sentences(en)
        .map(([path]) => path)
        .sort(),
    );
    for (const [path, text] of all) assert.ok(text !== '' && text === text.trim(), path);
  });
}

test('Japanese sentences are Japanese', () => {
  // The tab's title only puts two names together.
  const exceptions = ['/common/pageTitle'];
  for (const [path, text] of sentences(catalogues.ja)) {
    if (!exceptions.includes(path)) assert.match(text, /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u, path);
  }
});
