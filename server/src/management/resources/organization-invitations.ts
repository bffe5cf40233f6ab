// Owns /api/v2/organizations/{id}/invitations: who is asked into an organization.
import { findClient } from '#domain/clients';
import {
  findInvitation,
  type Invitation,
  invite,
  listInvitations,
  type NewInvitation,
  withdrawInvitation,
} from '#domain/organization-invitations';
import type { Organization } from '#domain/organizations';
import { checkRoles } from '#domain/roles';
import { ApiError, invalidBody } from '#protocol/api-error';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, integer, list, object, optional, record, text } from '../schema.ts';
import { organizationOf } from './organization-collection.ts';

const path = '/organizations/{id}/invitations';
const one = `${path}/{invitation_id}` as const;
const week = 604_800;

const create = object({
  inviter: object({ name: text({ minLength: 1, maxLength: 300, description: "The inviter's name" }) }),
  invitee: object({ email: text({ format: 'email', maxLength: 320, description: "The invitee's email" }) }),
  client_id: text({ maxLength: 64, description: 'The application where the invited person signs in' }),
  connection_id: optional(text({ maxLength: 64, description: 'The connection by which they must sign in' })),
  app_metadata: optional(record({ description: 'What applications will know of them' })),
  user_metadata: optional(record({ description: 'What they will know of themselves' })),
  ttl_sec: optional(integer({ minimum: 0, maximum: 2_592_000, description: 'Seconds for which the invitation lasts' })),
  roles: optional(list(text({ maxLength: 64 }), { maxItems: 50, description: 'IDs of the roles they will have' })),
  send_invitation_email: optional(flag({ description: 'Whether an e-mail is sent' })),
});

const missing = () => new ApiError(404, 'The invitation does not exist.', 'inexistent_invitation');

interface Sent extends Omit<NewInvitation, 'ttl_sec'> {
  readonly client_id: string;
  readonly ttl_sec?: number;
  readonly send_invitation_email?: boolean;
}

/** Who holds the ticket is the invited person: no journal has it. */
function withoutTicket({ ticket_id, invitation_url, ...invitation }: Invitation) {
  return invitation;
}

function checkConnection({ connections }: Organization, connectionId: string | undefined): void {
  if (connectionId === undefined) return;
  if (connections.some(({ connection_id, is_enabled }) => connection_id === connectionId && is_enabled)) return;
  throw invalidBody(`The specified connection (${connectionId}) is not enabled for the organization`);
}

async function add(call: Call<{ readonly id: string }>): Promise<Invitation> {
  const { ctx } = call;
  const { client_id, ttl_sec = 0, send_invitation_email, ...sent } = call.body as Sent;
  const organization = await organizationOf(call);
  const client = await findClient(ctx, client_id);
  if (!client) throw invalidBody('The specified client_id does not exist.');
  if ((client.organization_usage ?? 'deny') === 'deny') {
    throw invalidBody('The specified client_id does not allow organizations.');
  }
  checkConnection(organization, sent.connection_id);
  await checkRoles(ctx, sent.roles ?? [], organization.id);
  const invitation = await invite(ctx, organization, client, { ...sent, ttl_sec: ttl_sec === 0 ? week : ttl_sec });
  call.change.after = withoutTicket(invitation);
  return invitation;
}

export const organizationInvitationEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the invitations into an organization',
    scopes: ['read:organization_invitations'],
    key: 'invitations',
    ways: 'offset',
    fields: true,
    query: {
      sort: optional(text({ pattern: '^created_at:-?1$', description: 'created_at:1 or created_at:-1' })),
    },
    envelope: ({ items }, { start, limit, totals }) => (totals ? { invitations: items, start, limit } : items),
    page: async (call, window) => {
      const organization = await organizationOf(call);
      const order = call.query.sort === 'created_at:1' ? 'asc' : 'desc';
      if (window.by !== 'offset') return { items: [] };
      return { items: await listInvitations(call.ctx, organization, { ...window, order }) };
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Invite somebody into an organization',
    scopes: ['create:organization_invitations'],
    body: create,
    run: add,
  }),
  endpoint({
    method: 'GET',
    path: one,
    summary: 'Read an invitation',
    scopes: ['read:organization_invitations'],
    fields: true,
    run: async (call) => {
      const invitation = await findInvitation(call.ctx, await organizationOf(call), call.params.invitation_id);
      if (!invitation) throw missing();
      return invitation;
    },
  }),
  endpoint({
    method: 'DELETE',
    path: one,
    summary: 'Take an invitation back',
    scopes: ['delete:organization_invitations'],
    run: async (call) => {
      const { id } = await organizationOf(call);
      await withdrawInvitation(call.ctx, id, call.params.invitation_id);
    },
  }),
];
