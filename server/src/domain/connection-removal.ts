// Owns what goes with a connection: its keys, and how directories fill it.
import { connectionKeys } from './connection-keys.ts';
import type { Context } from './context.ts';
import { directoryProvisionings } from './directory-provisionings.ts';
import { scimConfigurations } from './scim-configurations.ts';

export async function forgetConnection(ctx: Pick<Context, 'documents'>, connectionId: string): Promise<void> {
  for (const kind of [connectionKeys, directoryProvisionings, scimConfigurations]) await kind.remove(ctx, connectionId);
}
