// Owns /api/v2/organizations: the customers of the tenant, with all that is theirs.
import { type Organization, organizationRecords } from '#domain/organizations';
import type { Document } from '#domain/records';
import { collection } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { optional, text } from '../schema.ts';
import { organizationClientGrantEndpoints } from './organization-client-grants.ts';
import { organizationClientEndpoints } from './organization-clients.ts';
import { organizationCollection } from './organization-collection.ts';
import { organizationConnectionEndpoints } from './organization-connections.ts';
import { organizationDiscoveryDomainEndpoints } from './organization-discovery-domains.ts';
import { organizationGroupEndpoints } from './organization-groups.ts';
import { organizationInvitationEndpoints } from './organization-invitations.ts';
import { organizationMemberRoleEndpoints } from './organization-member-roles.ts';
import { organizationMemberEndpoints, userOrganizationEndpoints } from './organization-members.ts';

import { userGroupEndpoints } from './user-groups.ts';

type Shown = NonNullable<typeof organizationCollection.shown>;
const shown = organizationCollection.shown as Shown;
const scopes = ['read:organizations', 'read:organizations_summary'];

/** In the order that is asked for: `name:1`, `created_at:-1`. */
function sorted(all: readonly Document<Organization>[], sort: string): readonly Document<Organization>[] {
  const [field, direction] = sort.split(':') as ['name' | 'display_name' | 'created_at', string];
  const keyOf = (one: Document<Organization>) => (field === 'created_at' ? one.created_at : one.body[field]);
  const sign = Number(direction);
  return all.toSorted((one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    return a === b ? 0 : a < b ? -sign : sign;
  });
}

const own: readonly Endpoint[] = [
  listing({
    path: '/organizations',
    summary: 'List organizations',
    scopes,
    key: 'organizations',
    query: {
      sort: optional(
        text({
          pattern: '^(?:name|display_name|created_at):-?1$',
          description: 'name, display_name or created_at, with :1 or :-1',
        }),
      ),
      include_client_association_for: optional(
        text({ maxLength: 64, description: 'The application of which is told how it is set for each' }),
      ),
    },
    page: async (call, window) => {
      const all = await organizationRecords.list(call.ctx);
      const page = pageOf(sorted(all, call.query.sort ?? 'created_at:1'), window, ({ id }) => id);
      return { ...page, items: (page.items as Document<Organization>[]).map((one) => shown(one, call)) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/organizations/name/{name}',
    summary: 'Read an organization by its name',
    scopes,
    run: async (call) => {
      const found = await organizationRecords.findByName(call.ctx, call.params.name);
      if (!found) throw organizationCollection.missing(call.params.name);
      return shown(found, call);
    },
  }),
];

export const organizations: Resource = {
  name: 'organizations',
  endpoints: [
    ...own,
    ...collection(organizationCollection),
    ...organizationClientEndpoints,
    ...organizationClientGrantEndpoints,
    ...organizationConnectionEndpoints,
    ...organizationDiscoveryDomainEndpoints,
    ...organizationGroupEndpoints,
    ...organizationInvitationEndpoints,
    ...organizationMemberEndpoints,
    ...organizationMemberRoleEndpoints,
    ...userGroupEndpoints,
    ...userOrganizationEndpoints,
  ],
};
