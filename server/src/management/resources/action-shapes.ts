// Owns what callers see of actions, and what they send.
import { moduleRecords, moduleVersions } from '#domain/action-modules';
import {
  type Action,
  type ActionCode,
  type ActionSecret,
  type ActionVersion,
  actionRecords,
  findVersion,
  isDeployed,
} from '#domain/actions';
import type { Context } from '#domain/context';
import type { Document } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { dated, type findOne } from '../collection.ts';
import type { Page, PagingRules } from '../paging.ts';
import { integer, list, object, optional, text } from '../schema.ts';

/** What is needed to find an action or refuse. */
export const actions: Parameters<typeof findOne<Action>>[0] = {
  records: actionRecords,
  missing: () => new ApiError(404, 'That action does not exist.'),
};

export const secretsBody = list(
  object(
    { name: text({ minLength: 1, maxLength: 100 }), value: optional(text({ maxLength: 100_000 })) },
    { open: true },
  ),
  { maxItems: 100, description: 'What the code is told in confidence' },
);

export const dependenciesBody = list(
  object({ name: text({ maxLength: 214 }), version: optional(text({ maxLength: 100 })) }, { open: true }),
  { maxItems: 100, description: 'npm packages' },
);

export const modulesBody = list(
  object(
    {
      module_id: text({ minLength: 1, maxLength: 100, description: 'ID of the module' }),
      module_name: optional(text({ maxLength: 255 })),
      module_version_id: optional(text({ maxLength: 100, description: 'Its version; undefined: the latest' })),
      module_version_number: optional(integer({ minimum: 0 })),
    },
    { open: true },
  ),
  { maxItems: 100, description: 'Code that actions share' },
);

interface SentSecret {
  readonly name: string;
  readonly value?: string;
}

/** The secrets sealed; one that is sent without a value keeps the one it had. */
export function keptSecrets(
  ctx: Pick<Context, 'vault' | 'now'>,
  sent: readonly SentSecret[],
  before: readonly ActionSecret[] = [],
): readonly ActionSecret[] {
  const updated_at = new Date(ctx.now()).toISOString();
  return sent.flatMap(({ name, value }) => {
    const known = before.find((secret) => secret.name === name);
    if (value === undefined) return known ? [known] : [];
    return [{ name, value: ctx.vault.seal('setting', JSON.stringify(value)), updated_at }];
  });
}

export function shownSecrets(secrets: readonly ActionSecret[]): readonly object[] {
  return secrets.map(({ name, updated_at }) => ({ name, updated_at }));
}

/** The modules that code uses, with what they are called. */
async function shownModules(ctx: Context, { modules }: ActionCode): Promise<object> {
  if (!modules) return {};
  const named = modules.map(async ({ module_id, module_version_id }) => {
    const versions = await moduleVersions(ctx, module_id);
    const version = versions.find(({ id }) => id === module_version_id) ?? versions[0];
    return {
      module_id,
      module_name: (await moduleRecords.find(ctx, module_id))?.body.name,
      module_version_id: version?.id,
      module_version_number: version?.body.version_number,
    };
  });
  return { modules: await Promise.all(named) };
}

export async function shownVersion(ctx: Context, document: Document<ActionVersion>, deployed: boolean) {
  const { action_id, secrets, created_at, updated_at, ...version } = dated(document);
  const states = { deployed, status: 'built', built_at: created_at };
  const modules = await shownModules(ctx, document.body);
  return { ...version, ...states, ...modules, secrets: shownSecrets(secrets), created_at, updated_at };
}

/** What is told of an action beside one of its versions. */
export function shortAction(document: Document<Action>, all_changes_deployed: boolean): object {
  const { id, name, supported_triggers, created_at, updated_at } = dated(document);
  return { id, name, supported_triggers, created_at, updated_at, all_changes_deployed };
}

async function deployedVersion(ctx: Context, { body }: Document<Action>): Promise<Document<ActionVersion> | undefined> {
  return body.deployed_version_id === undefined ? undefined : findVersion(ctx, body.id, body.deployed_version_id);
}

/** `buildStatus` is what is said of the version that runs. */
export async function shownAction(
  ctx: Context,
  document: Document<Action>,
  buildStatus: 'BUILT' | 'PENDING' = 'BUILT',
): Promise<object> {
  const { deployed_version_id, secrets, ...action } = dated(document);
  const deployed = await deployedVersion(ctx, document);
  const shown = {
    ...action,
    ...(await shownModules(ctx, document.body)),
    status: 'built',
    secrets: shownSecrets(secrets),
    all_changes_deployed: isDeployed(document.body, deployed?.body),
  };
  if (!deployed) return shown;
  const version = await shownVersion(ctx, deployed, true);
  const { id, code, runtime, number, built_at, created_at, updated_at } = version;
  const current_version = {
    id,
    code,
    runtime,
    status: buildStatus,
    number,
    build_time: built_at,
    created_at,
    updated_at,
  };
  return { ...shown, current_version, deployed_version: version };
}

/** The envelope of everything about actions: totals are always told, but not when they are zero. */
export function actionsEnvelope(key: string): NonNullable<PagingRules['envelope']> {
  return ({ items, total = 0 }: Page, { start, limit }) => {
    const page = start / limit;
    // Past the end no total is told: there are tools that go on until then.
    const told = total && items.length > 0 ? { total } : {};
    return { [key]: items, ...told, ...(page ? { page } : {}), per_page: limit };
  };
}
