// Owns the tickets by which a customer of the tenant sets up a connection.
import { issueTicket, revokeTicket, type SelfServiceProfile, ticketLifetimeSec } from '#domain/self-service-profiles';
import { type Collection, findOne } from '../collection.ts';
import { Answer, type Endpoint, endpoint } from '../resource.ts';
import { flag, integer, list, map, nullable, object, oneOf, optional, text } from '../schema.ts';

const domain = text({ minLength: 1, maxLength: 255, description: 'A domain' });
const verbs = ['get', 'post', 'put', 'patch', 'delete'] as const;
const scopes = verbs.flatMap((verb) => [`${verb}:users`, `${verb}:groups`]);

const connectionOptions = object({
  icon_url: optional(nullable(text({ format: 'uri', pattern: '^https://', maxLength: 2048 }))),
  domain_aliases: optional(nullable(list(domain))),
  idpinitiated: optional(
    nullable(
      object({
        enabled: optional(flag()),
        client_id: optional(text({ maxLength: 64 })),
        client_protocol: optional(oneOf(['samlp', 'wsfed', 'oauth2'])),
        client_authorizequery: optional(text({ maxLength: 256 })),
      }),
    ),
  ),
});

const connectionConfig = object({
  name: text({ minLength: 1, maxLength: 128, pattern: '^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$' }),
  display_name: optional(text({ maxLength: 128 })),
  is_domain_connection: optional(flag()),
  show_as_button: optional(flag()),
  metadata: optional(map(nullable(text({ maxLength: 255 })), { maxProperties: 10 })),
  options: optional(nullable(connectionOptions)),
});

const organization = object({
  organization_id: text({ maxLength: 50 }),
  assign_membership_on_login: optional(flag()),
  show_as_button: optional(flag()),
});

const ticket = object({
  connection_id: optional(text({ maxLength: 64, description: 'The connection that is changed' })),
  connection_config: optional(connectionConfig),
  enabled_clients: optional(list(text({ maxLength: 64 }), { description: 'Applications that may use it' })),
  enabled_organizations: optional(list(organization, { description: 'Organizations that may use it' })),
  ttl_sec: optional(
    integer({ minimum: 0, maximum: ticketLifetimeSec, description: 'Seconds that the ticket is good' }),
  ),
  domain_aliases_config: optional(
    object({
      domain_verification: oneOf(['none', 'optional', 'required']),
      pending_domains: optional(list(domain)),
    }),
  ),
  provisioning_config: optional(
    object({
      scopes: optional(list(oneOf(scopes), { minItems: 1 })),
      google_workspace: optional(object({ sync_users: flag(), sync_groups: optional(flag()) })),
      token_lifetime: optional(nullable(integer({ minimum: 900, description: 'Seconds' }))),
    }),
  ),
  use_for_organization_discovery: optional(flag()),
  third_party_client_access_config: optional(object({ allow_configuration: flag() })),
  enabled_features: optional(
    object({ sso: optional(flag()), domain_verification: optional(flag()), provisioning: optional(flag()) }),
  ),
});

type Profiles = Pick<Collection<SelfServiceProfile>, 'records' | 'missing'>;

export function selfServiceTickets(profiles: Profiles): readonly Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/self-service-profiles/{id}/sso-ticket',
      summary: 'Let a customer set up a connection',
      scopes: ['create:sso_access_tickets'],
      body: ticket,
      run: async ({ ctx, params, body }) => {
        await findOne(profiles, ctx, params.id);
        const { ttl_sec, ...request } = body;
        const token = await issueTicket(ctx, params.id, { request, lifetimeSec: ttl_sec || ticketLifetimeSec });
        return { ticket: `${ctx.issuer}self-service/connections-flow?ticket=${token}` };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/self-service-profiles/{profileId}/sso-ticket/{id}/revoke',
      summary: 'Take back what lets a customer set up a connection',
      scopes: ['delete:sso_access_tickets'],
      run: async ({ ctx, params }) => {
        await revokeTicket(ctx, params.profileId, params.id);
        return new Answer(202);
      },
    }),
  ];
}
