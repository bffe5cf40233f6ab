// Owns the life of an event stream.
import assert from 'node:assert/strict';
import { ManagementError } from 'auth0';
import type { Life } from '../life.ts';

export const eventStreams: Life = {
  resource: 'event-streams',
  async live(auth0) {
    const { id = '' } = await auth0.eventStreams.create({
      name: 'People',
      subscriptions: [{ event_type: 'user.created' }],
      destination: {
        type: 'webhook',
        configuration: {
          webhook_endpoint: 'https://hook.example.com/in',
          webhook_authorization: { method: 'bearer' },
        },
      },
    });
    assert.equal((await auth0.eventStreams.update(id, { status: 'disabled' })).status, 'disabled');
    assert.equal((await auth0.eventStreams.get(id)).name, 'People');
    assert.ok((await auth0.eventStreams.list()).data.some((stream) => stream.id === id));
    const tried = await auth0.eventStreams.test(id, { event_type: 'user.created' });
    assert.equal((await auth0.eventStreams.deliveries.getHistory(id, tried.id)).event_type, 'user.created');
    await auth0.eventStreams.delete(id);
    await assert.rejects(
      auth0.eventStreams.get(id),
      (error: unknown) => error instanceof ManagementError && error.statusCode === 404,
    );
  },
};
