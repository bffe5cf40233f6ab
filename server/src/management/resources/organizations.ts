// Owns /api/v2/organizations: the customers of the tenant, with all that is theirs.
import { organizationFinder, SearchRefused } from '#domain/organization-search';
import { type Organization, organizationRecords } from '#domain/organizations';
import type { Document } from '#domain/records';
import { invalidQuery } from '#protocol/api-error';
import { LuceneSyntaxError } from '#protocol/lucene-tokens';
import { ScimSyntaxError } from '#protocol/scim-filter';
import { collection } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { oneOf, optional, text } from '../schema.ts';
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

/** What is asked for. Throws invalid_query_string. */
function finderOf(q: string | undefined, parser: 'lucene' | 'scim') {
  if (q === undefined) return () => true;
  try {
    return organizationFinder(q, parser);
  } catch (error) {
    const isRefusal = [LuceneSyntaxError, ScimSyntaxError, SearchRefused].some((kind) => error instanceof kind);
    throw isRefusal ? invalidQuery((error as Error).message) : error;
  }
}

const search = listing({
  path: '/organizations/search',
  summary: 'Search for organizations',
  scopes,
  key: 'organizations',
  ways: 'checkpoint',
  query: {
    q: optional(text({ maxLength: 4096, description: 'What they are searched by' })),
    parser: optional(oneOf(['lucene', 'scim'], { description: 'The language of q. Without: lucene' })),
    sort: optional(oneOf(['name', 'display_name', 'created_at'], { description: 'In the order of' })),
  },
  page: async (call, window) => {
    const { q, parser = 'lucene', sort = 'created_at' } = call.query;
    const found = (await organizationRecords.list(call.ctx)).filter(finderOf(q, parser));
    const page = pageOf(sorted(found, `${sort}:1`), window, ({ id }) => id);
    return { ...page, items: (page.items as Document<Organization>[]).map((one) => shown(one, call)) };
  },
});

const own: readonly Endpoint[] = [
  search,
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
