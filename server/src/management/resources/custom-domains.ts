// Owns /api/v2/custom-domains: other names under which the tenant is reached.
import {
  type CustomDomain,
  customDomains as domains,
  freshCustomDomain,
  makeDefaultDomain,
  type NewCustomDomain,
  verifyCustomDomain,
} from '#domain/custom-domains';
import type { Document } from '#domain/records';
import { ApiError, invalidBody, invalidQuery } from '#protocol/api-error';
import { type Collection, collection, findOne } from '../collection.ts';
import { type Endpoint, endpoint, type Resource } from '../resource.ts';
import { map, nullable, object, oneOf, optional, text } from '../schema.ts';

const metadata = nullable(map(nullable(text({ maxLength: 255 })), { maxProperties: 10, description: 'Free texts' }));
const ipHeader = nullable(oneOf(['true-client-ip', 'cf-connecting-ip', 'x-forwarded-for', 'x-azure-clientip', '']));
const relyingParty = nullable(text({ maxLength: 253, description: "Passkeys' relying party" }));

const create = object({
  domain: text({ format: 'hostname', maxLength: 253, description: 'Domain name' }),
  type: oneOf(['auth0_managed_certs', 'self_managed_certs'], { description: 'Who keeps the certificate' }),
  verification_method: optional(oneOf(['txt', 'cname'])),
  tls_policy: optional(oneOf(['recommended', 'compatible'])),
  custom_client_ip_header: optional(ipHeader),
  domain_metadata: optional(metadata),
  relying_party_identifier: optional(relyingParty),
});

const update = object({
  tls_policy: optional(oneOf(['recommended', 'compatible'])),
  custom_client_ip_header: optional(ipHeader),
  domain_metadata: optional(metadata),
  relying_party_identifier: optional(relyingParty),
});

/** `domain:login*`, `status:ready`: a field and what it is, with stars for anything. */
function matches(domain: CustomDomain, q: string | undefined): boolean {
  if (q === undefined) return true;
  const [, field, pattern = ''] = /^(domain|status|type|is_default):"?([^"]*)"?$/.exec(q) ?? [];
  if (field === undefined)
    throw invalidQuery('The query must be a field (domain, status, type, is_default), a colon and a value.');
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(String(domain[field as keyof CustomDomain]));
}

function shown({ body, created_at }: Document<CustomDomain>): unknown {
  return { ...body, created_at: new Date(created_at).toISOString() };
}

const declaration: Collection<CustomDomain> = {
  path: '/custom-domains',
  noun: 'custom domain',
  scope: 'custom_domains',
  records: domains,
  create,
  update,
  fresh: async ({ ctx }, body) => {
    const { verification_method, ...sent } = body as unknown as NewCustomDomain & { verification_method?: string };
    return freshCustomDomain(ctx, sent, (await domains.list(ctx)).length === 0);
  },
  idOf: ({ custom_domain_id }) => custom_domain_id,
  idName: 'custom_domain_id',
  shown,
  missing: (id) => new ApiError(404, `The custom domain ${id} does not exist`, 'inexistent_custom_domain'),
  taken: ({ domain }) => new ApiError(409, `The custom domain ${domain} exists already.`, 'custom_domain_exists'),
  query: {
    q: optional(text({ maxLength: 300, description: 'A field and its value: domain:login*' })),
    sort: optional(text({ maxLength: 50 })),
  },
  listed: ({ body }, { query }) => matches(body, query.q),
  paging: { totals: 'never' },
  fields: true,
};

const read = ['read:custom_domains'];

/** Before those of one domain: `default` is no id. */
const defaults: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/custom-domains/default',
    summary: 'Read the domain that links lead to',
    scopes: read,
    run: async ({ ctx }) => {
      const chosen = (await domains.list(ctx)).find(({ body }) => body.is_default);
      return chosen ? shown(chosen) : { domain: new URL(ctx.issuer).host };
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/custom-domains/default',
    summary: 'Choose the domain that links lead to',
    scopes: ['update:custom_domains'],
    body: object({ domain: text({ maxLength: 253, description: "A custom domain, or the tenant's own" }) }),
    run: async ({ ctx, body: { domain } }) => {
      const own = new URL(ctx.issuer).host;
      const chosen = domain === own ? undefined : await domains.findByName(ctx, domain);
      if (domain !== own && !chosen) throw invalidBody('The domain is none of this tenant.');
      await makeDefaultDomain(ctx, chosen?.body);
      const found = chosen && (await domains.find(ctx, chosen.id));
      return found ? shown(found) : { domain: own };
    },
  }),
];

const verification: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/custom-domains/{id}/verify',
    summary: 'Verify a custom domain',
    scopes: ['create:custom_domains'],
    status: 200,
    run: async ({ ctx, params: { id } }) => {
      const verified = await verifyCustomDomain(ctx, await findOne(declaration, ctx, id));
      if (!verified) throw declaration.missing(id);
      return shown(verified);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/custom-domains/{id}/test',
    summary: 'Test whether a custom domain leads here',
    scopes: read,
    status: 200,
    run: async ({ ctx, params: { id } }) => {
      const { domain } = (await findOne(declaration, ctx, id)).body;
      const leadsHere = (await ctx.dns.aliases(domain)).includes(new URL(ctx.issuer).hostname);
      return leadsHere
        ? { success: true }
        : { success: false, message: `${domain} is no alias of this server's name.` };
    },
  }),
];

export const customDomains: Resource = {
  name: 'custom-domains',
  endpoints: [...defaults, ...collection(declaration), ...verification],
};
