// Owns the life of jobs: people come in from a file, go out into one, and are asked to verify their addresses.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Management, ManagementClient } from 'auth0';
import { all, isMissing, type Life } from '../life.ts';

/** The job once it has ended. */
async function ended(auth0: ManagementClient, id: string): Promise<Management.GetJobResponseContent> {
  for (;;) {
    const job = await auth0.jobs.get(id);
    if (job.status === 'completed' || job.status === 'failed') return job;
    await sleep(50);
  }
}

async function liveAnImport(auth0: ManagementClient, connection_id: string): Promise<void> {
  const rows = [
    { email: 'jane@jobs.example.com', email_verified: false, name: '=Jane' },
    { email: 'john@jobs.example.com', blocked: true },
    { email: 'nobody' },
  ];
  const users = new File([JSON.stringify(rows)], 'users.json', { type: 'application/json' });
  const begun = await auth0.jobs.usersImports.create({ users, connection_id, external_id: 'the first' });
  assert.deepEqual([begun.type, begun.status, begun.external_id], ['users_import', 'pending', 'the first']);
  const { status, summary } = await ended(auth0, begun.id);
  assert.deepEqual([status, summary], ['completed', { failed: 1, updated: 0, inserted: 2, total: 3 }]);
  const failed = await auth0.jobs.errors.get(begun.id);
  assert.ok(Array.isArray(failed));
  assert.deepEqual(
    failed.map(({ errors }) => errors?.map(({ code, path }) => [code, path])),
    [[['INVALID_FORMAT', 'email']]],
  );
}

async function liveAnExport(auth0: ManagementClient, connection_id: string): Promise<void> {
  const fields = [{ name: 'email', export_as: 'Address' }, { name: 'name' }];
  const { id } = await auth0.jobs.usersExports.create({ connection_id, format: 'csv', fields });
  const { status, location = '' } = await ended(auth0, id);
  assert.equal(status, 'completed');
  const lines = gunzipSync(await (await fetch(location)).bytes())
    .toString()
    .split('\r\n');
  assert.deepEqual(lines.slice(0, 1), ['Address,name']);
  assert.ok(lines.includes(`jane@jobs.example.com,"'=Jane"`), lines.join('\n'));
}

export const jobs: Life = {
  resource: 'jobs',
  async live(auth0) {
    const [connection] = (await auth0.connections.list({ name: 'Username-Password-Authentication' })).data;
    const { id = '' } = connection ?? {};
    await liveAnImport(auth0, id);
    await liveAnExport(auth0, id);
    const people = await all(auth0.users.list({ q: 'email:*@jobs.example.com', search_engine: 'v3' }));
    assert.equal(people.length, 2);
    const mail = await auth0.jobs.verificationEmail.create({ user_id: people[0]?.user_id ?? '' });
    assert.equal((await ended(auth0, mail.id)).status, 'completed');
    for (const { user_id = '' } of people) await auth0.users.delete(user_id);
    await assert.rejects(auth0.jobs.get('job_0000000000000000'), isMissing);
  },
};
