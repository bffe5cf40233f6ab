// Owns the life of tickets: addresses for one person, that a program hands over itself.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

const connection = 'Username-Password-Authentication';

export const tickets: Life = {
  resource: 'tickets',
  async live(auth0, issuer) {
    const email = 'ticket@tickets.example.com';
    const { user_id = '' } = await auth0.users.create({ connection, email, password: 'Correct-horse-battery-1' });
    const [{ id: connection_id = '' } = {}] = (await auth0.connections.list({ name: connection })).data;
    const result_url = 'https://app.example.com/done';

    const verification = await auth0.tickets.verifyEmail({ user_id, result_url, ttl_sec: 3600 });
    const byAddress = await auth0.tickets.changePassword({ email, connection_id, mark_email_as_verified: true });
    const byId = await auth0.tickets.changePassword({ user_id, result_url, includeEmailInRedirect: false });
    const addresses = [verification, byAddress, byId].map(({ ticket }) => ticket);
    assert.equal(new Set(addresses).size, 3);
    for (const address of addresses) {
      assert.ok(address.startsWith(issuer), address);
      assert.ok(!address.includes(user_id) && !address.includes(email), address);
    }

    await auth0.users.delete(user_id);
    await assert.rejects(Promise.resolve(auth0.tickets.verifyEmail({ user_id })), isMissing);
  },
};
