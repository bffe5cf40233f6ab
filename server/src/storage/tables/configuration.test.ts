// Owns the conformance of the tables about configuration on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDialect } from '../testing.ts';
import { documentRow, noon } from '../testing-rows.ts';
import * as documents from './documents.ts';
import * as signingKeys from './signing-keys.ts';

eachDialect((database) => {
  test('versions count from one, without a gap or a double, also when taken at once', async () => {
    const { queries, transaction } = await database();
    assert.equal(await documents.currentVersion(queries), 0);
    const taken = await Promise.all(Array.from({ length: 20 }, () => transaction(documents.nextVersion)));
    assert.deepEqual(
      taken.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    assert.equal(await documents.currentVersion(queries), 20);
  });

  test('a document is found by id and by name within its kind', async () => {
    const { queries } = await database();
    const row = documentRow({ kind: 'found', id: '1', name: 'one', body: '{"a":1}' });
    assert.equal(await documents.insert(queries, row), true);
    assert.deepEqual({ ...(await documents.find(queries, 'found', '1')) }, row);
    assert.deepEqual({ ...(await documents.findByName(queries, 'found', 'one')) }, row);
    assert.equal(await documents.find(queries, 'other', '1'), undefined);
    assert.equal(await documents.findByName(queries, 'found', '1'), undefined);
  });

  test('an id and a name belong to one document of a kind', async () => {
    const { queries } = await database();
    const row = documentRow({ kind: 'taken', id: '1', name: 'one' });
    await documents.insert(queries, row);
    assert.equal(await documents.insert(queries, { ...row, name: 'two' }), false);
    assert.equal(await documents.insert(queries, { ...row, id: '2' }), false);
    assert.equal(await documents.insert(queries, { ...row, kind: 'another' }), true);
    assert.equal(await documents.insert(queries, documentRow({ kind: 'taken', id: '3' })), true);
    assert.equal(await documents.insert(queries, documentRow({ kind: 'taken', id: '4' })), true);
  });

  test('a deleted document is gone, and leaves its id and its name to others', async () => {
    const { queries } = await database();
    const row = documentRow({ kind: 'deleted', id: '1', name: 'one', body: '{"old":true}', version: 100 });
    await documents.insert(queries, row);
    const tombstone = { kind: 'deleted', id: '1', name: null, body: null, version: 101, updated_at: noon };
    assert.equal(await documents.update(queries, tombstone), true);
    assert.equal(await documents.update(queries, tombstone), false);
    assert.equal(await documents.find(queries, 'deleted', '1'), undefined);
    assert.equal(await documents.findByName(queries, 'deleted', 'one'), undefined);
    assert.deepEqual(await documents.list(queries, 'deleted'), []);
    assert.equal(await documents.insert(queries, { ...row, id: '2', version: 102 }), true);
    assert.equal(await documents.insert(queries, documentRow({ kind: 'deleted', id: '1', version: 103 })), true);
    assert.equal((await documents.find(queries, 'deleted', '1'))?.body, '{}');
  });

  test('a kind is listed oldest first', async () => {
    const { queries } = await database();
    for (const [id, created_at] of [
      ['c', noon],
      ['b', noon + 1],
      ['a', noon + 1],
    ] as const) {
      await documents.insert(queries, documentRow({ kind: 'listed', id, created_at }));
    }
    assert.deepEqual(
      (await documents.list(queries, 'listed')).map((row) => row.id),
      ['c', 'a', 'b'],
    );
  });

  test('the feed tells of what changed after a version, deletions too, in the order of the versions', async () => {
    const { queries } = await database();
    await documents.insert(queries, documentRow({ kind: 'feed', id: 'late', version: 2002 }));
    await documents.insert(queries, documentRow({ kind: 'feed', id: 'early', name: 'e', version: 2001 }));
    await documents.insert(queries, documentRow({ kind: 'feed', id: 'old', version: 2000 }));
    await documents.insert(queries, documentRow({ kind: 'feed', id: 'gone', body: null, version: 2003 }));
    assert.deepEqual(
      (await documents.changesSince(queries, 2000)).map((row) => ({ ...row })),
      [
        { kind: 'feed', id: 'early', name: 'e', version: 2001 },
        { kind: 'feed', id: 'late', name: null, version: 2002 },
        { kind: 'feed', id: 'gone', name: null, version: 2003 },
      ],
    );
  });

  test('signing keys come back oldest first', async () => {
    const { queries } = await database();
    const key = {
      alg: 'RS256',
      public_jwk: '{}',
      sealed_private_key: 's',
      certificate: 'c',
      retired_at: null,
      revoked_at: null,
    } as const;
    const next = { ...key, kid: 'b', status: 'next', created_at: noon + 1, activated_at: null } as const;
    const current = { ...key, kid: 'a', status: 'current', created_at: noon, activated_at: noon } as const;
    await signingKeys.insert(queries, next);
    await signingKeys.insert(queries, current);
    assert.deepEqual(
      (await signingKeys.list(queries)).map((row) => ({ ...row })),
      [current, next],
    );
    await assert.rejects(signingKeys.insert(queries, next));
  });
});
