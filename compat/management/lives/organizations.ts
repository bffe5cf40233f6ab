// Owns the life of an organization, with the people, applications and domains that are its own.
import assert from 'node:assert/strict';
import type { ManagementClient } from 'auth0';
import { isMissing, type Life } from '../life.ts';

async function liveWithDomains(auth0: ManagementClient, id: string): Promise<void> {
  const { discoveryDomains } = auth0.organizations;
  const added = await discoveryDomains.create(id, { domain: 'acme.example.com' });
  assert.equal(added.status, 'pending');
  assert.equal((await discoveryDomains.update(id, added.id, { status: 'verified' })).status, 'verified');
  assert.equal((await discoveryDomains.getByName(id, 'acme.example.com')).id, added.id);
  assert.deepEqual(
    (await discoveryDomains.list(id, { take: 10 })).data.map((domain) => domain.id),
    [added.id],
  );
  await discoveryDomains.delete(id, added.id);
  await assert.rejects(discoveryDomains.get(id, added.id), isMissing);
}

async function liveWithClients(auth0: ManagementClient, id: string): Promise<void> {
  const { client_id = '' } = await auth0.clients.create({ name: 'Portal', organization_usage: 'allow' });
  const { clients, invitations } = auth0.organizations;
  const [associated] = await clients.create(id, { clients: [{ client_id, use_for_member_access: true }] });
  assert.equal(associated?.client.name, 'Portal');
  assert.equal((await clients.update(id, client_id, { use_for_member_access: false })).use_for_member_access, false);
  assert.equal((await clients.list(id)).data[0]?.client_id, client_id);
  const invitee = { email: 'bob@example.com' };
  const invited = await invitations.create(id, { inviter: { name: 'Ann' }, invitee, client_id });
  assert.match(invited.invitation_url ?? '', /\/login\?invitation=\w{32}&organization=org_/);
  assert.deepEqual(
    (await invitations.list(id)).data.map((invitation) => invitation.id),
    [invited.id],
  );
  await invitations.delete(id, invited.id ?? '');
  await assert.rejects(invitations.get(id, invited.id ?? ''), isMissing);
  await clients.delete(id, { clients: [client_id] });
  await auth0.clients.delete(client_id);
}

export const organizations: Life = {
  resource: 'organizations',
  async live(auth0) {
    const { id = '' } = await auth0.organizations.create({
      name: 'acme',
      display_name: 'Acme',
      metadata: { plan: 'a' },
    });
    assert.equal((await auth0.organizations.getByName('acme')).id, id);
    const changed = await auth0.organizations.update(id, { metadata: { plan: 'b' } });
    assert.deepEqual([changed.display_name, changed.metadata], ['Acme', { plan: 'b' }]);
    const listed = await auth0.organizations.list({ take: 5 });
    assert.ok(listed.data.some((organization) => organization.id === id));
    await liveWithDomains(auth0, id);
    await liveWithClients(auth0, id);
    assert.deepEqual((await auth0.organizations.members.list(id)).data, []);
    const role = await auth0.roles.create({ name: 'Operator', type: 'organization', owner_id: id });
    assert.deepEqual((await auth0.organizations.roles.members.list(id, role.id ?? '')).data, []);
    await auth0.organizations.delete(id);
    await assert.rejects(auth0.organizations.get(id), isMissing);
    await assert.rejects(auth0.roles.get(role.id ?? ''), isMissing);
  },
};
