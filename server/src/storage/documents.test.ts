// Owns the tests of configuration in memory: what is cached, what makes it forget, and two nodes over one database.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Database } from './database.ts';
import { type Document, Documents, documentKind } from './documents.ts';
import { openDatabase } from './open-database.ts';
import { eachDialect, withDatabase } from './testing.ts';
import { noon } from './testing-rows.ts';

interface Client {
  readonly name: string;
  readonly callbacks?: readonly string[];
}

const clients = documentKind<Client>('client');
const connections = documentKind<Client>('connection', (body) => body.name);

/** A database that counts the queries and transactions made on it. */
function counting(database: Database): { database: Database; count: () => number } {
  let count = 0;
  const counted = <V>(value: V): V => {
    count += 1;
    return value;
  };
  return {
    count: () => count,
    database: {
      ...database,
      get queries() {
        return counted(database.queries);
      },
      transaction: (work) => counted(database).transaction(work),
    },
  };
}

function made<B>(document: Document<B> | 'taken' | undefined): Document<B> {
  assert.ok(document !== undefined && document !== 'taken', String(document));
  return document;
}

/** Holds back the answer to the next document that is read until it is released. */
function holdingBack(database: Database) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: hasRead, resolve: reading } = Promise.withResolvers<void>();
  const queries = database.queries.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      reading();
      await released;
      return result;
    },
  });
  let isHeld = true;
  const held: Database = {
    ...database,
    get queries() {
      const lent = isHeld ? queries : database.queries;
      isHeld = false;
      return lent;
    },
  };
  return { database: held, hasRead, release };
}

eachDialect((database) => {
  const open = async () => new Documents(await database(), () => noon);
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id ${ids}`;
  };

  test('a document is made, read, changed and deleted', async () => {
    const documents = await open();
    const id = newId();
    const created = made(await documents.create(clients, id, { name: 'One', callbacks: [] }));
    assert.deepEqual(created.body, { name: 'One', callbacks: [] });
    assert.deepEqual([created.id, created.created_at, created.updated_at], [id, noon, noon]);
    assert.deepEqual(await documents.get(clients, id), created);
    const updated = made(await documents.update(clients, id, (body) => ({ ...body, name: 'Two' })));
    assert.ok(updated.version > created.version);
    assert.equal((await documents.get(clients, id))?.body.name, 'Two');
    assert.equal(await documents.remove(clients, id), true);
    assert.equal(await documents.remove(clients, id), false);
    assert.equal(await documents.get(clients, id), undefined);
    assert.equal(await documents.update(clients, id, (body) => body), undefined);
  });

  test('a kind sees its own documents only', async () => {
    const documents = await open();
    const id = newId();
    await documents.create(clients, id, { name: 'Mine' });
    assert.equal(await documents.get(connections, id), undefined);
    assert.ok((await documents.list(connections)).every((document) => document.id !== id));
  });

  test('what is handed out is frozen, through and through', async () => {
    const documents = await open();
    const id = newId();
    await documents.create(clients, id, { name: 'Frozen', callbacks: ['a'] });
    const listed = await documents.list(clients);
    const { body } = made(await documents.get(clients, id));
    assert.ok([listed, listed[0], listed[0]?.body, body, body.callbacks].every(Object.isFrozen));
  });

  test('an id and a name belong to one document, until it is deleted or renamed', async () => {
    const documents = await open();
    const [first, second] = [newId(), newId()];
    await documents.create(connections, first, { name: 'google' });
    assert.equal(await documents.create(connections, second, { name: 'google' }), 'taken');
    assert.equal(await documents.create(connections, first, { name: 'other' }), 'taken');
    made(await documents.create(connections, second, { name: 'line' }));
    assert.equal(await documents.update(connections, second, () => ({ name: 'google' })), 'taken');
    assert.equal((await documents.getByName(connections, 'line'))?.id, second);
    made(await documents.update(connections, second, () => ({ name: 'apple' })));
    assert.equal(await documents.getByName(connections, 'line'), undefined);
    assert.equal((await documents.getByName(connections, 'apple'))?.id, second);
    await documents.remove(connections, first);
    assert.equal(await documents.getByName(connections, 'google'), undefined);
    made(await documents.update(connections, second, () => ({ name: 'google' })));
    made(await documents.create(connections, first, { name: 'apple' }));
    assert.equal((await documents.getByName(connections, 'google'))?.id, second);
    assert.equal((await documents.getByName(connections, 'apple'))?.id, first);
  });

  test('a change that throws changes nothing', async () => {
    const documents = await open();
    const id = newId();
    await documents.create(clients, id, { name: 'Steady' });
    const failing = documents.update(clients, id, () => {
      throw new Error('not like this');
    });
    await assert.rejects(failing, /not like this/);
    assert.equal((await documents.get(clients, id))?.body.name, 'Steady');
  });

  test('changes at once are all kept', async () => {
    const documents = await open();
    const id = newId();
    await documents.create(clients, id, { name: 'Busy', callbacks: [] });
    const add = (callback: string) =>
      documents.update(clients, id, (body) => ({ ...body, callbacks: [...(body.callbacks ?? []), callback] }));
    await Promise.all(Array.from({ length: 20 }, (_, index) => add(String(index))));
    assert.equal((await documents.get(clients, id))?.body.callbacks?.length, 20);
  });

  test('of many who make the same name at once exactly one succeeds', async () => {
    const documents = await open();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => documents.create(connections, newId(), { name: 'wanted' })),
    );
    assert.equal(results.filter((result) => result !== 'taken').length, 1);
  });

  test('what is in memory does not touch the database, and what changed is read once more', async () => {
    const counted = counting(await database());
    const documents = new Documents(counted.database, () => noon);
    const id = newId();
    const name = `named ${id}`;
    await documents.create(connections, id, { name });
    const readAll = async () => {
      await documents.get(connections, id);
      await documents.getByName(connections, name);
      await documents.list(connections);
    };
    await readAll();
    const warm = counted.count();
    for (let round = 0; round < 100; round += 1) await readAll();
    assert.equal(counted.count(), warm);
    await documents.update(connections, id, (body) => body);
    const changed = counted.count();
    await readAll();
    assert.ok(counted.count() > changed);
    const again = counted.count();
    await readAll();
    assert.equal(counted.count(), again);
  });

  test('an unknown id is asked for each time, so that a document made later is found', async () => {
    const documents = await open();
    const id = newId();
    assert.equal(await documents.get(clients, id), undefined);
    await documents.create(clients, id, { name: 'Late' });
    assert.equal((await documents.get(clients, id))?.body.name, 'Late');
  });

  test('what was being read while it changed is not kept', async () => {
    const direct = await open();
    const id = newId();
    await direct.create(clients, id, { name: 'Old' });
    const held = holdingBack(await database());
    const documents = new Documents(held.database, () => noon);
    const old = documents.get(clients, id);
    await held.hasRead;
    await documents.update(clients, id, (body) => ({ ...body, name: 'New' }));
    held.release();
    assert.equal((await old)?.body.name, 'Old');
    assert.equal((await documents.get(clients, id))?.body.name, 'New');
  });

  test('every change is told, with its kind', async () => {
    const documents = await open();
    const told: string[] = [];
    documents.onChange((kind) => told.push(kind));
    const id = newId();
    await documents.create(clients, id, { name: 'Told' });
    await documents.update(clients, id, (body) => body);
    await documents.remove(clients, id);
    assert.deepEqual(told, ['client', 'client', 'client']);
  });
});

describe('two nodes over one PostgreSQL', () => {
  const withNodes = (work: (here: Documents, there: Documents) => Promise<void>) =>
    withDatabase('postgres', async (url) => {
      const [first, second] = await Promise.all([openDatabase(url), openDatabase(url)]);
      await work(new Documents(first, () => noon), new Documents(second, () => noon));
      await Promise.all([first.close(), second.close()]);
    });

  test('see each other’s changes after a refresh, the first one included', async () => {
    await withNodes(async (here, there) => {
      await there.create(connections, '1', { name: 'google' });
      const names = async () => (await here.list(connections)).map((document) => document.body.name);
      assert.deepEqual(await names(), ['google']);
      assert.equal((await here.get(connections, '1'))?.body.name, 'google');

      await there.update(connections, '1', () => ({ name: 'line' }));
      assert.equal((await here.get(connections, '1'))?.body.name, 'google', 'nothing was refreshed yet');
      await here.refresh();
      assert.equal((await here.get(connections, '1'))?.body.name, 'line');
      assert.equal(await here.getByName(connections, 'google'), undefined);
      assert.deepEqual(await names(), ['line']);

      await there.create(connections, '2', { name: 'apple' });
      await here.refresh();
      assert.deepEqual(await names(), ['line', 'apple']);

      await there.remove(connections, '1');
      await here.refresh();
      assert.equal(await here.get(connections, '1'), undefined);
      assert.equal(await here.getByName(connections, 'line'), undefined);
      assert.deepEqual(await names(), ['apple']);
    });
  });

  test('see each other’s changes by themselves once started, and no more when stopped', async () => {
    await withNodes(async (here, there) => {
      await there.create(clients, '1', { name: 'Old' });
      await here.start();
      await here.get(clients, '1');
      const { promise: told, resolve } = Promise.withResolvers<string>();
      here.onChange(resolve);
      // The poll alone would not keep this test's process alive.
      const alive = setInterval(() => undefined, 1000);
      await there.update(clients, '1', () => ({ name: 'New' }));
      assert.equal(await told, 'client');
      clearInterval(alive);
      assert.equal((await here.get(clients, '1'))?.body.name, 'New');
      here.stop();
    });
  });
});
