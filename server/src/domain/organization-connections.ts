// Owns which connections an organization's people sign in by.
import { type AnyConnection, findConnectionById } from './connections.ts';
import type { Context } from './context.ts';
import type { Organization, OrganizationConnection } from './organizations.ts';
import { InvalidSetting, Taken } from './refusals.ts';

type Named = Pick<AnyConnection, 'id' | 'name' | 'strategy'>;

/** How a connection is set for an organization, with the connection itself. */
export interface DescribedConnection {
  readonly setting: OrganizationConnection;
  readonly connection: Named;
}

function check({ is_signup_enabled, assign_membership_on_login }: OrganizationConnection, { strategy }: Named): void {
  if (!is_signup_enabled || (strategy === 'auth0' && assign_membership_on_login)) return;
  throw new InvalidSetting(
    'Only database connections with assign_membership_on_login = true support is_signup_enabled = true.',
  );
}

/** The organization with a connection more. Throws Taken and InvalidSetting. */
export function withConnection(
  organization: Organization,
  connection: Named,
  fresh: Partial<OrganizationConnection>,
): Organization {
  const { connections } = organization;
  if (connections.some(({ connection_id }) => connection_id === connection.id)) {
    throw new Taken('The organization connection already exists.');
  }
  const setting: OrganizationConnection = {
    assign_membership_on_login: false,
    show_as_button: true,
    is_signup_enabled: false,
    is_enabled: true,
    organization_access_level: 'none',
    ...fresh,
    connection_id: connection.id,
  };
  check(setting, connection);
  return { ...organization, connections: [setting, ...connections] };
}

/** The organization with a connection's settings changed. Throws InvalidSetting. */
export function withChangedConnection(
  organization: Organization,
  connection: Named,
  change: (setting: OrganizationConnection) => OrganizationConnection,
): Organization {
  const connections = organization.connections.map((setting) => {
    if (setting.connection_id !== connection.id) return setting;
    const changed = change(setting);
    check(changed, connection);
    return changed;
  });
  return { ...organization, connections };
}

export function withoutConnection(organization: Organization, connectionId: string): Organization {
  const connections = organization.connections.filter(({ connection_id }) => connection_id !== connectionId);
  return { ...organization, connections };
}

/** The connections of an organization without those that are gone, newest first. */
export async function describeConnections(
  ctx: Pick<Context, 'documents'>,
  { connections }: Organization,
): Promise<readonly DescribedConnection[]> {
  const described = await Promise.all(
    connections.map(async (setting) => ({
      setting,
      connection: await findConnectionById(ctx, setting.connection_id),
    })),
  );
  return described.flatMap(({ setting, connection }) => (connection ? [{ setting, connection }] : []));
}
