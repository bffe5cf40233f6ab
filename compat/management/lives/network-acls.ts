// Owns the life of a rule about who may reach the tenant.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const networkAcls: Life = {
  resource: 'network-acls',
  async live(auth0) {
    const match = { ipv4_cidrs: ['192.0.2.0/24'] };
    const rule = { action: { block: true }, match, scope: 'tenant' } as const;
    await auth0.networkAcls.create({ description: 'Not from there', active: false, priority: 2, rule });
    const made = (await all(auth0.networkAcls.list())).find(({ description }) => description === 'Not from there');
    const id = made?.id ?? '';
    assert.equal((await auth0.networkAcls.update(id, { active: true })).priority, 2);
    await auth0.networkAcls.set(id, { description: 'Nor from here', active: false, priority: 3, rule });
    const read = await auth0.networkAcls.get(id);
    assert.deepEqual([read.description, read.priority, read.rule], ['Nor from here', 3, rule]);
    await auth0.networkAcls.delete(id);
    await assert.rejects(auth0.networkAcls.get(id), isMissing);
  },
};
