// Tests that the guide's table is the program's: every act, and no other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const source = readFileSync(join(root, 'server/src/domain/revocations.ts'), 'utf8');
const [, table = ''] = /const acts = \{(.*?)\} as const/s.exec(source) ?? [];
const acts = [...table.matchAll(/'([a-z-]+)':/g)].map(([, name]) => name);

for (const guide of ['revocation.md', 'revocation.ja.md']) {
  test(`${guide} lists the acts that end tokens`, () => {
    const rows = [...readFileSync(join(root, 'docs', guide), 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm)];
    assert.ok(acts.length > 5);
    assert.deepEqual(
      rows.map(([, name]) => name),
      acts,
    );
  });
}
