// Proves that docs/dependencies.md says of every dependency why it is there, and of nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './install.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');

function dependenciesOf(manifest) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(read(manifest));
  return { production: Object.keys(dependencies), development: Object.keys(devDependencies) };
}

/** The packages in the tables of docs/dependencies.md, a list for each of its sections. */
function explained() {
  const [, ...sections] = read('docs/dependencies.md').split(/^## /m);
  return sections.map((section) => [...section.matchAll(/^\| `(\S+)` \| \S.+ \|$/gm)].map(([, name]) => name));
}

test('every dependency has its line in docs/dependencies.md, and every line its dependency', () => {
  const { workspaces } = JSON.parse(read('package.json'));
  const manifests = ['package.json', ...workspaces.map((workspace) => `${workspace}/package.json`)].map(dependenciesOf);
  const [production, development] = explained();
  // What several workspaces use, or what runs in production and judges in tests too, is explained once.
  const all = (kind) => [...new Set(manifests.flatMap((manifest) => manifest[kind]))];
  assert.deepEqual(production.toSorted(), all('production').toSorted());
  const onlyForTests = all('development').filter((name) => !production.includes(name));
  assert.deepEqual(development.toSorted(), onlyForTests.toSorted());
});
