// Owns what requests for tickets and verification mails say of a person: which one, by which identity, for whom.
import { findClient } from '#domain/clients';
import { findConnectionById } from '#domain/connections';
import type { Context } from '#domain/context';
import { isMember } from '#domain/organization-members';
import { findOrganization } from '#domain/organizations';
import { identitiesOf, type PersonIdentity } from '#domain/ticket-identities';
import { ApiError } from '#protocol/api-error';
import { object, optional, text } from '../schema.ts';

export const connectionId = text({ pattern: '^con_[A-Za-z0-9]{16}$', description: 'ID of the connection' });
export const userId = text({ minLength: 1, maxLength: 255, description: 'ID of the user' });
export const clientId = text({ minLength: 1, maxLength: 64, description: 'ID of the client' });
export const organizationId = text({ maxLength: 50, description: 'ID of the organization' });

export const identity = object({
  user_id: text({ minLength: 1, maxLength: 255, description: 'ID of the user within the provider' }),
  provider: text({ minLength: 1, maxLength: 50, description: 'Provider of the identity' }),
  connection_id: optional(connectionId),
});

interface AskedIdentity {
  readonly user_id: string;
  readonly provider: string;
  readonly connection_id?: string;
}

const refused = (message: string) => new ApiError(400, message);

/** The identity that a request means: the one that it names, or the person's own. Throws ApiError. */
export async function meantIdentity(
  ctx: Context,
  id: string,
  asked: AskedIdentity | undefined,
): Promise<PersonIdentity> {
  const all = await identitiesOf(ctx, id);
  const own = all.find(({ identity_id }) => identity_id === id) ?? all[0];
  if (!own) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
  if (!asked) return own;
  const found = all.find(({ identity_id }) => identity_id === `${asked.provider}|${asked.user_id}`);
  if (!found) throw refused('The user exists, but does not contain the given identity.');
  if (asked.connection_id === undefined) return found;
  const connection = await findConnectionById(ctx, asked.connection_id);
  if (!connection) throw refused('Identity connection does not exist.');
  if (connection.name !== found.connection) throw refused('The user exists, but does not contain the given identity.');
  return found;
}

/** For whom something is asked for: each must exist, and the person belong to the organization. Throws ApiError. */
export async function checkAudience(
  ctx: Context,
  user_id: string,
  { client_id, organization_id }: { readonly client_id?: string; readonly organization_id?: string },
): Promise<void> {
  if (client_id !== undefined && !(await findClient(ctx, client_id))) throw refused('The client does not exist');
  if (organization_id === undefined) return;
  if (!(await findOrganization(ctx, organization_id))) throw refused('The organization does not exist');
  if (await isMember(ctx, organization_id, user_id)) return;
  throw refused(`The user with id ${user_id} is not a member of organization with id ${organization_id}.`);
}
