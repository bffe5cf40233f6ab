// Owns the life of a log stream.
import assert from 'node:assert/strict';
import { ManagementError } from 'auth0';
import type { Life } from '../life.ts';

export const logStreams: Life = {
  resource: 'log-streams',
  async live(auth0) {
    const sink = { httpEndpoint: 'https://logs.example.com/in', httpAuthorization: 'Bearer life' };
    const { id = '' } = await auth0.logStreams.create({ name: 'Archive', type: 'http', sink });
    assert.equal((await auth0.logStreams.update(id, { status: 'paused' })).status, 'paused');
    assert.equal((await auth0.logStreams.get(id)).name, 'Archive');
    assert.ok((await auth0.logStreams.list()).some((stream) => stream.id === id));
    await auth0.logStreams.delete(id);
    await assert.rejects(
      auth0.logStreams.get(id),
      (error: unknown) => error instanceof ManagementError && error.statusCode === 404,
    );
  },
};
