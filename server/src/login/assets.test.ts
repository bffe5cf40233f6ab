// Owns the proof that the pages' files are whole, small, and self-contained.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { assetPath, assets } from './assets.ts';

test('every asset is found by its path, and its compressed body is the same body', () => {
  for (const name of ['login.css', 'enhance.js', 'leave.js', 'logo.svg'] as const) {
    const asset = assets.get(assetPath(name));
    assert.ok(asset, name);
    assert.deepEqual(brotliDecompressSync(asset.brotli), asset.body);
    assert.match(asset.etag, /^"[0-9a-f]+"$/);
    assert.match(assetPath(name), /^\/u\/assets\/[a-z]+\.[0-9a-f]{9,}\.[a-z]+$/);
  }
});

test('assets fetch nothing from anywhere', () => {
  for (const { body } of assets.values())
    assert.doesNotMatch(body.toString(), /url\(|@import|import\(|fetch\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
});

test('a page loads less than 14 KB in all', () => {
  const size = [...assets.values()].reduce((sum, { body }) => sum + body.length, 0);
  assert.ok(size < 14_000, `${size}`);
});
