// Owns what a deployment must have: a connection, the first administrator, the application that manages it.
import { isDeepStrictEqual } from 'node:util';
import { randomAlphanumeric, randomSecret } from '#crypto/random';
import { managementAudience } from '#protocol/access-token';
import * as userRoles from '#storage/tables/user-roles';
import { grantClient } from './client-grants.ts';
import { changeClientSecret, createClient, findClient, listClients } from './clients.ts';
import { createConnection, findConnection } from './connections.ts';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import { unlessTaken } from './refusals.ts';
import { changeResourceServer, createResourceServer, findResourceServer } from './resource-servers.ts';
import { changeRolePermissions, createRole, findRole, type Role } from './roles.ts';
import { tenantSettings } from './tenant-settings.ts';
import { createDatabaseUser } from './users.ts';

/** Fixed, so that two nodes that start at once mean the same role. */
export const administratorRole: Role = {
  id: 'rol_WarifuAdministra',
  name: 'Warifu administrator',
  description: 'May do everything on the Management API and in the console.',
};

/** Fixed, so that two nodes that start at once mean the same one. */
const globalClientId = 'WarifuAllApplications00000000001';

/** Makes what is missing of the tenant's furniture; changes nothing that is there. */
export async function furnish(ctx: Context, managementScopes: readonly string[] | undefined): Promise<void> {
  const { default_directory } = await tenantSettings(ctx);
  if (!(await findConnection(ctx, default_directory))) {
    await unlessTaken(createConnection(ctx, { name: default_directory, is_domain_connection: true }));
  }
  await furnishGlobalClient(ctx);
  if (managementScopes) await furnishManagementApi(ctx, managementScopes);
}

/** Auth0's "All Applications": what its tools set for pages that no application is named for. It may do nothing. */
async function furnishGlobalClient(ctx: Context): Promise<void> {
  if ((await listClients(ctx)).some((client) => client.global)) return;
  await unlessTaken(
    createClient(ctx, { client_id: globalClientId, name: 'All Applications', global: true, grant_types: [] }),
  );
}

/**
 * The Management API as an API, and the role that may do everything there. What people may do there is decided by their
 * roles, whatever an application asks for on their behalf.
 */
async function furnishManagementApi(ctx: Context, managementScopes: readonly string[]): Promise<void> {
  const identifier = managementAudience(ctx.issuer);
  const scopes = managementScopes.map((value) => ({ value, description: describeScope(value) }));
  const api = await findResourceServer(ctx, identifier);
  if (!api) {
    await unlessTaken(
      createResourceServer(ctx, {
        // Auth0's name, by which its tools leave it out of what they deploy.
        name: 'Auth0 Management API',
        identifier,
        scopes,
        is_system: true,
        enforce_policies: true,
        // Its scopes are many: told again as permissions, they would make a header that servers and proxies refuse.
        token_dialect: 'access_token',
        // An administrator who signs in to just any application does not hand it the tenant.
        subject_type_authorization: {
          user: { policy: 'require_client_grant' },
          client: { policy: 'require_client_grant' },
        },
      }),
    );
  } else if (!isDeepStrictEqual(api.scopes, scopes)) await changeResourceServer(ctx, identifier, { scopes });
  const permissions = managementScopes.map((name) => ({
    resource_server_identifier: identifier,
    permission_name: name,
  }));
  const role = await findRole(ctx, administratorRole.id);
  if (!role) await unlessTaken(createRole(ctx, { ...administratorRole, permissions }));
  else if (!isDeepStrictEqual(role.permissions, permissions)) await changeRolePermissions(ctx, role.id, permissions);
}

/** `read:client_grants` → `Read client grants` */
function describeScope(scope: string): string {
  const words = scope.replaceAll(/[:_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
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
  // An application is nobody's account: what people may do with their own would only make its tokens longer. Devices it may
  // have, as Auth0's tools do.
  const isOwn = (value: string) => value.includes(':current_user') && !value.endsWith('_device_credentials');
  const scope = api?.scopes.map(({ value }) => value).filter((value) => !isOwn(value)) ?? [];
  await grantClient(ctx, { client_id: wanted.client_id, audience, scope });
}
