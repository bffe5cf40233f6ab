// Owns who is invited into which organization.
import type { Queries } from '../tables.ts';

export interface OrganizationInvitationRow {
  id: string;
  organization_id: string;
  client_id: string;
  /** SHA-256 of the ticket, by which who comes with it is found. */
  ticket_digest: string;
  /** The ticket again, for whoever asks the Management API for the invitation's address. */
  sealed_ticket: string;
  /** JSON: who invites whom, and what they will be given. */
  body: string;
  created_at: number;
  expires_at: number;
}

export async function insert(db: Queries, row: OrganizationInvitationRow): Promise<void> {
  await db.insertInto('organization_invitations').values(row).execute();
}

export async function find(
  db: Queries,
  organizationId: string,
  id: string,
): Promise<OrganizationInvitationRow | undefined> {
  return db
    .selectFrom('organization_invitations')
    .selectAll()
    .where('id', '=', id)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
}

/** The invitations of an organization that nobody accepted yet, those that ended too until they are cleared away. */
export async function list(
  db: Queries,
  organizationId: string,
  { order, start, limit }: { readonly order: 'asc' | 'desc'; readonly start: number; readonly limit: number },
): Promise<OrganizationInvitationRow[]> {
  return db
    .selectFrom('organization_invitations')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('created_at', order)
    .orderBy('id', order)
    .offset(start)
    .limit(limit)
    .execute();
}

/** False when there is none. */
export async function remove(db: Queries, organizationId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom('organization_invitations')
    .where('id', '=', id)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

export async function removeOfOrganization(db: Queries, organizationId: string): Promise<void> {
  await db.deleteFrom('organization_invitations').where('organization_id', '=', organizationId).execute();
}

/** Clears away those that ended before a time. Returns how many. */
export async function purge(db: Queries, before: number): Promise<number> {
  const result = await db.deleteFrom('organization_invitations').where('expires_at', '<=', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
