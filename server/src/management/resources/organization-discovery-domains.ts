// Owns /api/v2/organizations/{id}/discovery-domains: by the end of which addresses an organization is found.
import { type DiscoveryDomain, newDiscoveryDomain } from '#domain/organization-domains';
import { ApiError } from '#protocol/api-error';
import { changeOne } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, object, oneOf, optional, text } from '../schema.ts';
import { organizationCollection, organizationOf } from './organization-collection.ts';

const path = '/organizations/{id}/discovery-domains';
const one = `${path}/{discovery_domain_id}` as const;

const settings = {
  status: optional(oneOf(['pending', 'verified'], { description: 'Whether the domain is proved to be theirs' })),
  use_for_organization_discovery: optional(flag({ description: 'Whether the organization is found by it' })),
};

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const hostname = `^(?:${label}\\.)*${label}$`;
const message = 'An organization discovery domain with this domain is already registered to this organization.';

const create = object({
  domain: text({ pattern: hostname, minLength: 3, maxLength: 255, description: 'The domain, such as acme.com' }),
  ...settings,
});

/** One of an organization's, or its refusal. */
async function domainOf(
  call: Call<{ readonly id: string }>,
  isMeant: (domain: DiscoveryDomain) => boolean,
): Promise<DiscoveryDomain> {
  const found = (await organizationOf(call)).discovery_domains.find(isMeant);
  if (!found) throw new ApiError(404, 'No organization domain found by that id');
  return found;
}

const byId = (call: Call<{ readonly id: string; readonly discovery_domain_id: string }>) =>
  domainOf(call, ({ id }) => id === call.params.discovery_domain_id);

export const organizationDiscoveryDomainEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the discovery domains of an organization',
    scopes: ['read:organization_discovery_domains'],
    key: 'domains',
    ways: 'checkpoint',
    page: async (call, window) => pageOf((await organizationOf(call)).discovery_domains, window, ({ id }) => id),
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Add a discovery domain to an organization',
    scopes: ['create:organization_discovery_domains'],
    body: create,
    run: async (call) => {
      const fresh = newDiscoveryDomain(call.params.id, call.body);
      await changeOne(organizationCollection, call, call.params.id, (organization) => {
        const { discovery_domains } = organization;
        if (discovery_domains.some(({ domain }) => domain === fresh.domain)) {
          throw new ApiError(409, message);
        }
        return { ...organization, discovery_domains: [...discovery_domains, fresh] };
      });
      return fresh;
    },
  }),
  endpoint({
    method: 'GET',
    path: `${path}/name/{discovery_domain}`,
    summary: 'Read a discovery domain by its name',
    scopes: ['read:organization_discovery_domains'],
    run: (call) => domainOf(call, ({ domain }) => domain === call.params.discovery_domain.toLowerCase()),
  }),
  endpoint({
    method: 'GET',
    path: one,
    summary: 'Read a discovery domain',
    scopes: ['read:organization_discovery_domains'],
    run: byId,
  }),
  endpoint({
    method: 'PATCH',
    path: one,
    summary: 'Change a discovery domain',
    scopes: ['update:organization_discovery_domains'],
    body: object(settings),
    run: async (call) => {
      const { id } = await byId(call);
      await changeOne(organizationCollection, call, call.params.id, (organization) => ({
        ...organization,
        discovery_domains: organization.discovery_domains.map((known) =>
          known.id === id ? { ...known, ...call.body } : known,
        ),
      }));
      return byId(call);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: one,
    summary: 'Take a discovery domain from an organization',
    scopes: ['delete:organization_discovery_domains'],
    run: async (call) => {
      const { discovery_domain_id } = call.params;
      await changeOne(organizationCollection, call, call.params.id, (organization) => ({
        ...organization,
        discovery_domains: organization.discovery_domains.filter(({ id }) => id !== discovery_domain_id),
      }));
    },
  }),
];
