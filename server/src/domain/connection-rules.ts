// Owns what a connection may be beside others, and what of it must stay while something depends on it.
import * as identities from '#storage/tables/identities';
import { type AnyConnection, connectionRecords } from './connections.ts';
import type { Context } from './context.ts';
import { directoryProvisionings } from './directory-provisionings.ts';
import { InvalidSetting, Taken } from './refusals.ts';
import { scimConfigurations, usesCommonEndpoint } from './scim-configurations.ts';

type Options = AnyConnection['options'];

/** A realm leads to one connection. Throws Taken. */
export async function checkRealms(
  ctx: Pick<Context, 'documents'>,
  realms: readonly string[],
  ownId?: string,
): Promise<void> {
  const others = (await connectionRecords.list(ctx)).filter(({ id }) => id !== ownId);
  if (others.some(({ body }) => body.realms?.some((realm) => realms.includes(realm)))) {
    throw new Taken('There is already another connection with some realms from "realms" parameter');
  }
}

/** Throws InvalidSetting for options that would take the ground from under what is set up for a connection. */
export async function checkOptionsInUse(
  ctx: Pick<Context, 'database' | 'documents'>,
  { id, name, strategy, options: before }: AnyConnection,
  after: Options,
): Promise<void> {
  const isCustom = Boolean(before['enabledDatabaseCustomization']);
  if (strategy === 'auth0' && (after['enabledDatabaseCustomization'] ?? isCustom) !== isCustom) {
    const [somebody] = await identities.listOfConnection(ctx.database.queries, name, 1);
    const setting = 'options.enabledDatabaseCustomization';
    if (somebody) throw new InvalidSetting(`This database contains users. You cannot change "${setting}" setting.`);
  }
  if (usesCommonEndpoint(after) && (await scimConfigurations.find(ctx, id))) {
    throw new InvalidSetting(
      'The Azure AD common endpoint cannot be enabled for this connection when SCIM is enabled.',
    );
  }
  const directory = (await directoryProvisionings.find(ctx, id))?.body;
  const goes = (name: string) => before[name] === true && after[name] === false;
  if (directory && goes('api_enable_users')) {
    throw new InvalidSetting(
      'The Google Workspace Users API (options.api_enable_users) cannot be disabled for this connection when inbound directory provisioning is enabled.',
    );
  }
  if (directory && directory.synchronize_groups !== 'off' && goes('ext_groups')) {
    throw new InvalidSetting(
      'The Groups extended attribute (options.ext_groups) cannot be disabled for this connection when inbound directory provisioning for groups is enabled.',
    );
  }
}
