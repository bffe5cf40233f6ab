// Owns the proof that a page's link can't run code or leave where it should stay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { externalUrl, linkUrl, pageUrl } from './urls.ts';

test('an external address is absolute and of the web', () => {
  assert.equal(externalUrl('https://app.example/a?b#c'), 'https://app.example/a?b#c');
  assert.equal(externalUrl('http://localhost:3000'), 'http://localhost:3000/');
  for (const address of [
    'javascript:alert(1)',
    '\tjavascript:alert(1)',
    'data:text/html,x',
    '/path',
    '//host',
    '',
    undefined,
  ]) {
    assert.equal(externalUrl(address), undefined);
  }
});

test('a page address stays on this server', () => {
  assert.equal(pageUrl('/u/login?state=s'), '/u/login?state=s');
  assert.equal(pageUrl('?ui_locales=ja'), '?ui_locales=ja');
  for (const address of [
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    undefined,
  ]) {
    assert.equal(pageUrl(address), undefined);
  }
});

test('a link may be either', () => {
  assert.equal(linkUrl('/u/login'), '/u/login');
  assert.equal(linkUrl('https://app.example/'), 'https://app.example/');
  assert.equal(linkUrl('javascript:alert(1)'), undefined);
});
