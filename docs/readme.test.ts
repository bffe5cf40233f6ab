// Tests that what the documents name is there: files, settings, the demo's application.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { settingsHelp } from '../server/src/config.ts';
import { demoClientId } from '../server/src/domain/demo.ts';

const root = join(import.meta.dirname, '..');
const documents = ['README.md', 'README.ja.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
const everything = [
  ...documents,
  ...globSync('{docs,examples,verify}/**/*.md', {
    cwd: root,
    exclude: (path) => /node_modules|\.venv|dist/.test(path),
  }),
];
const settingNames = [...settingsHelp().matchAll(/^[A-Z_]+$/gm)].map(([name]) => name);
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** Relative addresses in links, pictures and `srcset`. */
function addressesOf(text: string): string[] {
  const found = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, source]) => link ?? source,
  );
  return found.flatMap((address) => (address && !/^(?:[a-z]+:|#)/.test(address) ? [address.replace(/#.*/, '')] : []));
}

for (const path of everything) {
  test(`every link and picture of ${path} leads somewhere`, () => {
    const missing = addressesOf(textOf(path)).filter((address) => !existsSync(join(root, dirname(path), address)));
    assert.deepEqual(missing, []);
  });
}

test('every file that ARCHITECTURE.md names is there', () => {
  const named = [...textOf('ARCHITECTURE.md').matchAll(/`([a-z-]+\/[\w/.-]*\.ts)`/g)].map(([, path]) => String(path));
  assert.ok(named.length > 10);
  const missing = named.filter((path) => !existsSync(join(root, 'server', 'src', path)));
  assert.deepEqual(missing, []);
});

for (const path of ['README.md', 'README.ja.md']) {
  test(`${path} lists the settings that there are, and no others`, () => {
    const rows = textOf(path).match(/^\| .*`(?:PORT|HOST|WARIFU_\w+)`.*$/gm) ?? [];
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    assert.deepEqual(named.sort(), settingNames.sort());
  });

  test(`${path} shows the demo's own application`, () => {
    assert.ok(textOf(path).includes(`clientId: '${demoClientId}'`));
  });
}
