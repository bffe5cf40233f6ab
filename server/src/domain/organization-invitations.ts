// Owns invitations: who is asked into an organization, by a link that only they have.
import { sha256 } from '#crypto/digest';
import { randomAlphanumeric } from '#crypto/random';
import type { Client } from '#protocol/client';
import type { JsonObject } from '#protocol/merge-patch';
import * as rows from '#storage/tables/organization-invitations';
import type { Context } from './context.ts';
import type { Organization } from './organizations.ts';
import { tenantSettings } from './tenant-settings.ts';

/** What is said of an invitation. */
interface InvitationBody {
  readonly inviter: { readonly name: string };
  readonly invitee: { readonly email: string };
  /** The connection by which the invited person must sign in. */
  readonly connection_id?: string;
  readonly app_metadata?: JsonObject;
  readonly user_metadata?: JsonObject;
  /** The roles that they will have in the organization. */
  readonly roles?: readonly string[];
}

export interface Invitation extends InvitationBody {
  readonly id: string;
  readonly organization_id: string;
  readonly client_id: string;
  readonly ticket_id: string;
  readonly invitation_url: string;
  /** ISO 8601. */
  readonly created_at: string;
  readonly expires_at: string;
}

interface StoredBody extends InvitationBody {
  /** Where the link leads, without the ticket. */
  readonly address: string;
}

type Needed = Pick<Context, 'database' | 'documents' | 'vault' | 'now' | 'issuer'>;

/** Where people begin to sign in to an application: its own page for that, or the tenant's. */
async function loginAddress(ctx: Needed, client: Client): Promise<string> {
  const { default_redirection_uri } = await tenantSettings(ctx);
  const own = [client.initiate_login_uri, default_redirection_uri];
  return own.find((address) => address !== undefined && URL.canParse(address)) ?? `${ctx.issuer}login`;
}

function invitationUrl(address: string, ticket: string, { id, name }: Pick<Organization, 'id' | 'name'>): string {
  const url = new URL(address);
  url.searchParams.set('invitation', ticket);
  url.searchParams.set('organization', id);
  url.searchParams.set('organization_name', name);
  return url.href;
}

function toInvitation(ctx: Needed, organization: Organization, row: rows.OrganizationInvitationRow): Invitation {
  const { address, ...body } = JSON.parse(row.body) as StoredBody;
  const ticket = ctx.vault.unseal('invitation', row.sealed_ticket);
  if (ticket === undefined) throw new Error('An invitation cannot be opened: was the master key replaced?');
  return {
    id: row.id,
    organization_id: row.organization_id,
    client_id: row.client_id,
    ...body,
    invitation_url: invitationUrl(address, ticket, organization),
    ticket_id: ticket,
    created_at: new Date(row.created_at).toISOString(),
    expires_at: new Date(row.expires_at).toISOString(),
  };
}

export type NewInvitation = InvitationBody & { readonly ttl_sec: number };

/** Invites somebody, for `ttl_sec` seconds. */
export async function invite(
  ctx: Needed,
  organization: Organization,
  client: Client,
  { ttl_sec, ...body }: NewInvitation,
): Promise<Invitation> {
  const ticket = randomAlphanumeric(32);
  const now = ctx.now();
  const stored: StoredBody = { ...body, address: await loginAddress(ctx, client) };
  const row = {
    id: `uinv_${randomAlphanumeric(16)}`,
    organization_id: organization.id,
    client_id: client.client_id,
    ticket_digest: sha256(ticket),
    sealed_ticket: ctx.vault.seal('invitation', ticket),
    body: JSON.stringify(stored),
    created_at: now,
    expires_at: now + ttl_sec * 1000,
  };
  await rows.insert(ctx.database.queries, row);
  return toInvitation(ctx, organization, row);
}

export async function findInvitation(
  ctx: Needed,
  organization: Organization,
  id: string,
): Promise<Invitation | undefined> {
  const row = await rows.find(ctx.database.queries, organization.id, id);
  return row && toInvitation(ctx, organization, row);
}

/** The invitations of an organization, by the time of their making. */
export async function listInvitations(
  ctx: Needed,
  organization: Organization,
  part: { readonly order: 'asc' | 'desc'; readonly start: number; readonly limit: number },
): Promise<readonly Invitation[]> {
  const found = await rows.list(ctx.database.queries, organization.id, part);
  return found.map((row) => toInvitation(ctx, organization, row));
}

/** Takes an invitation back; false when there is none. */
export async function withdrawInvitation(
  ctx: Pick<Context, 'database'>,
  organizationId: string,
  id: string,
): Promise<boolean> {
  return rows.remove(ctx.database.queries, organizationId, id);
}
