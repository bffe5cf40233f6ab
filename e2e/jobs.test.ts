// Tests what a crash does to an import of people: nothing is lost, and nobody comes in twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startServer, temporaryDirectory } from './server.ts';

const client = {
  client_id: 'ProgramThatImportsPeople',
  client_secret: 'the-secret-of-the-program-that-imports-people',
};
const env = { WARIFU_MANAGEMENT_CLIENT_ID: client.client_id, WARIFU_MANAGEMENT_CLIENT_SECRET: client.client_secret };
const people = 10_000;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly percentage_done?: number;
  readonly summary?: unknown;
}

/** Asks the Management API, by a token of this server. */
async function caller({ issuer }: Server) {
  const asked = { ...client, grant_type: 'client_credentials', audience: `${issuer}api/v2/` };
  const answer = await fetch(new URL('oauth/token', issuer), { method: 'POST', body: new URLSearchParams(asked) });
  const { access_token } = (await answer.json()) as { access_token: string };
  return async <T>(path: string, body?: FormData): Promise<T> => {
    const init = body ? { method: 'POST', body } : {};
    const headers = { authorization: `Bearer ${access_token}` };
    const response = await fetch(new URL(`api/v2/${path}`, issuer), { ...init, headers });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return (await response.json()) as T;
  };
}

type Ask = Awaited<ReturnType<typeof caller>>;

async function until(ask: Ask, id: string, isEnough: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = await ask<Job>(`jobs/${id}`);
    assert.notEqual(job.status, 'failed');
    if (isEnough(job)) return job;
    await sleep(20);
  }
}

test('an import goes on after the server was killed in the middle, and everybody is there once', async () => {
  const data = temporaryDirectory();
  const first = await startServer({ data, env });
  const ask = await caller(first);
  const [connection] = await ask<{ id: string }[]>('connections?strategy=auth0');
  const rows = Array.from({ length: people }, (_, index) => ({ email: `person-${index}@example.com` }));
  const form = new FormData();
  form.set('users', new Blob([JSON.stringify(rows)]), 'users.json');
  form.set('connection_id', connection?.id ?? '');
  const { id } = await ask<Job>('jobs/users-imports', form);
  const begun = await until(
    ask,
    id,
    ({ percentage_done = 0, status }) => percentage_done >= 10 || status === 'completed',
  );
  assert.equal(begun.status, 'processing', 'the import was over before the server could be killed');
  await first.kill();

  const second = await startServer({ data, env });
  const askAgain = await caller(second);
  const { summary } = await until(askAgain, id, ({ status }) => status === 'completed');
  assert.deepEqual(summary, { failed: 0, updated: 0, inserted: people, total: people });
  const { total } = await askAgain<{ total: number }>(
    'users?q=email.domain:example.com&include_totals=true&per_page=1',
  );
  const { total: everybody } = await askAgain<{ total: number }>('users?include_totals=true&per_page=1');
  assert.deepEqual([total >= people, everybody], [true, people + 1], 'beside the administrator');
  await second.stop();
});
