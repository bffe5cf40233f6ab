// Owns what a deployment must have: a connection, the first administrator, the application that manages it.
import { randomAlphanumeric, randomSecret } from '#crypto/random';
import * as userRoles from '#storage/tables/user-roles';
import { grantClient } from './client-grants.ts';
import { changeClientSecret, createClient, findClient } from './clients.ts';
import { createConnection, findConnection } from './connections.ts';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import { createResourceServer, findResourceServer } from './resource-servers.ts';
import { createRole, findRole, type Role } from './roles.ts';
import { unlessTaken } from './taken.ts';
import { tenantSettings } from './tenant-settings.ts';
import { createDatabaseUser } from './users.ts';

/** Fixed, so that two nodes that start at once mean the same role. */
const administratorRole: Role = {
  id: 'rol_WarifuAdministra',
  name: 'Warifu administrator',
  description: 'May do everything on the Management API and in the console.',
};

/** The Management API's audience, as Auth0 has it. */
function managementAudience(issuer: string): string {
  return `${issuer}api/v2/`;
}

/** Makes what is missing of the tenant's furniture; changes nothing that is there. */
export async function furnish(ctx: Context): Promise<void> {
  const { default_directory } = await tenantSettings(ctx);
  if (!(await findConnection(ctx, default_directory))) {
    await unlessTaken(createConnection(ctx, { name: default_directory, is_domain_connection: true }));
  }
  const identifier = managementAudience(ctx.issuer);
  if (!(await findResourceServer(ctx, identifier))) {
    const api = { name: 'Warifu Management API', identifier, is_system: true };
    await unlessTaken(createResourceServer(ctx, api));
  }
  if (!(await findRole(ctx, administratorRole.id))) await unlessTaken(createRole(ctx, administratorRole));
}

export interface FirstAdministrator {
  readonly email: string;
  /** Set when it was made up here: it is shown this once. */
  readonly generatedPassword: string | undefined;
}

/** Makes the first administrator, unless there is one. Throws RangeError for an address that is none. */
export async function ensureAdministrator(
  ctx: Context,
  wanted: { email: string; password: string | undefined },
): Promise<FirstAdministrator | undefined> {
  if ((await userRoles.countHolders(ctx.database.queries, administratorRole.id)) > 0) return undefined;
  const email = canonicalEmail(wanted.email);
  if (email === undefined) throw new RangeError('WARIFU_ADMIN_EMAIL is not an e-mail address.');
  const generated =
    wanted.password === undefined ? `${randomAlphanumeric(20)}-${randomSecret().slice(0, 4)}` : undefined;
  const { default_directory } = await tenantSettings(ctx);
  const made = await createDatabaseUser(ctx, {
    connection: default_directory,
    email,
    email_verified: true,
    passwordHash: await ctx.passwords.hash(wanted.password ?? (generated as string)),
    roles: [administratorRole.id],
  });
  if (made === 'taken') {
    // Another node may have made this very administrator a moment earlier.
    if ((await userRoles.countHolders(ctx.database.queries, administratorRole.id)) > 0) return undefined;
    throw new RangeError(`Somebody has signed up as ${email} already. Set WARIFU_ADMIN_EMAIL to another address.`);
  }
  return { email, generatedPassword: generated };
}

/** Makes the application that may do everything on the Management API, or gives it its new secret. */
export async function ensureManagementClient(
  ctx: Context,
  wanted: { client_id: string; client_secret: string },
): Promise<void> {
  const known = await findClient(ctx, wanted.client_id);
  if (known) await changeClientSecret(ctx, wanted.client_id, wanted.client_secret);
  else await unlessTaken(createClient(ctx, { ...wanted, name: 'Management', app_type: 'non_interactive' }));
  const audience = managementAudience(ctx.issuer);
  const api = await findResourceServer(ctx, audience);
  const scope = api?.scopes.map(({ value }) => value) ?? [];
  await grantClient(ctx, { client_id: wanted.client_id, audience, scope });
}
