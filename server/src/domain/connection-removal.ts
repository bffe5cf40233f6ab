// Owns what goes with a connection: its keys, how directories fill it, and its people, who may be many.
import * as identities from '#storage/tables/identities';
import { unlinkIdentity } from './account-links.ts';
import { removeAccount } from './accounts.ts';
import { connectionKeys } from './connection-keys.ts';
import { type AnyConnection, connectionRecords } from './connections.ts';
import type { Context } from './context.ts';
import { directoryProvisionings } from './directory-provisionings.ts';
import { records } from './records.ts';
import { scimConfigurations } from './scim-configurations.ts';

/** A connection whose people are still being deleted, by its id. */
interface Going {
  readonly name: string;
}

const goingConnections = records<Going>('going-connections', ({ name }) => name);

type Needed = Parameters<typeof removeAccount>[0];

/** Few enough for somebody to wait for. */
const batch = 100;

/** Deletes some of a connection's people; who has other identities than this one loses only this. False when none are left. */
async function removeSome(ctx: Needed, connection: string): Promise<boolean> {
  const some = await identities.listOfConnection(ctx.database.queries, connection, batch);
  for (const { identity_id, user_id } of some) {
    if (identity_id !== user_id) await unlinkIdentity(ctx, user_id, identity_id);
    await removeAccount(ctx, identity_id);
  }
  return some.length === batch;
}

/** Notes that a connection goes, before it does, so that whatever happens its people go as well. */
export async function announceRemoval(
  ctx: Pick<Context, 'documents'>,
  { id, name }: Pick<AnyConnection, 'id' | 'name'>,
): Promise<void> {
  await goingConnections.create(ctx, id, { name });
}

/** Whether people of an earlier connection of this name are still there; a new one would inherit them. */
export async function isGoing(ctx: Pick<Context, 'documents'>, name: string): Promise<boolean> {
  return (await goingConnections.findByName(ctx, name)) !== undefined;
}

/** Deletes what belonged to a connection that is gone. Of its people the first ones; housekeeping deletes the others. */
export async function forgetConnection(ctx: Needed, { id, name }: Pick<AnyConnection, 'id' | 'name'>): Promise<void> {
  for (const kind of [connectionKeys, directoryProvisionings, scimConfigurations]) await kind.remove(ctx, id);
  if (!(await removeSome(ctx, name))) await goingConnections.remove(ctx, id);
}

/** Housekeeping: deletes the people of connections that are gone. */
export async function clearGoneConnections(ctx: Needed): Promise<void> {
  for (const { id, body } of await goingConnections.list(ctx)) {
    const isThere = (await connectionRecords.find(ctx, id)) !== undefined;
    while (!isThere && (await removeSome(ctx, body.name)));
    await goingConnections.remove(ctx, id);
  }
}
