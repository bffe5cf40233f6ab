// Owns /api/v2/actions/modules: code that actions share.
import {
  type ActionModule,
  forgetModule,
  isPublished,
  type ModuleVersion,
  moduleRecords,
  moduleVersions,
  publishModule,
  rollBackModule,
  usesOf,
} from '#domain/action-modules';
import type { Context } from '#domain/context';
import type { Document } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, changeOne, createOne, dated, findOne, removeOne } from '../collection.ts';
import { uuid } from '../ids.ts';
import { type Page, type PagingRules, pageOf } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, object, optional, patchOf, type TypeOf, text } from '../schema.ts';
import { actionsEnvelope, dependenciesBody, keptSecrets, secretsBody, shownSecrets } from './action-shapes.ts';

const id = uuid('module-id');
const path = '/actions/modules';

const create = object({
  name: text({ minLength: 1, maxLength: 255, description: 'Name of the module' }),
  code: text({ maxLength: 100_000, description: 'JavaScript' }),
  secrets: optional(secretsBody),
  dependencies: optional(dependenciesBody),
  api_version: optional(text({ maxLength: 20 })),
  publish: optional(flag({ description: 'Whether it is published at once' })),
});
const update = patchOf(create, { without: ['name', 'api_version', 'publish'] });
type Sent = TypeOf<typeof create>;

const declaration: Collection<ActionModule> = {
  path,
  noun: 'module',
  scope: 'actions',
  records: moduleRecords,
  create,
  update,
  fresh: ({ ctx }, body) => {
    const { publish, secrets = [], ...sent } = body as unknown as Sent;
    return { id: id.make(), dependencies: [], ...sent, secrets: keptSecrets(ctx, secrets) } as unknown as ActionModule;
  },
  missing: () => new ApiError(404, 'That module does not exist.'),
  taken: ({ name }) => new ApiError(409, `A module with the name "${name}" exists already.`),
  strictDelete: true,
};

function shownVersion(document: Document<ModuleVersion>) {
  const { updated_at, secrets, ...version } = dated(document);
  return { ...version, secrets: shownSecrets(secrets) };
}

async function shown(ctx: Context, document: Document<ActionModule>): Promise<object> {
  const { secrets, ...module } = dated(document);
  const [latest] = await moduleVersions(ctx, document.id);
  const told = {
    ...module,
    secrets: shownSecrets(secrets),
    all_changes_published: isPublished(document.body, latest?.body),
    actions_using_module_total: (await usesOf(ctx, document.id)).length,
    latest_version_number: latest?.body.version_number,
  };
  return latest ? { ...told, latest_version: shownVersion(latest) } : told;
}

/** Totals are told always, also when they are zero. */
const envelope =
  (key: string): NonNullable<PagingRules['envelope']> =>
  ({ items, total = 0 }: Page, { start, limit }) => ({
    [key]: items,
    total: items.length === 0 ? 0 : total,
    page: start / limit,
    per_page: limit,
  });

async function findVersion(ctx: Context, moduleId: string, versionId: string): Promise<Document<ModuleVersion>> {
  await findOne(declaration, ctx, moduleId);
  const version = (await moduleVersions(ctx, moduleId)).find((one) => one.id === versionId);
  if (!version) throw new ApiError(404, 'That version does not exist.');
  return version;
}

async function makeModule(call: Call): Promise<object> {
  const created = await createOne(declaration, call, call.body);
  if ((call.body as Sent).publish) await publishModule(call.ctx, created.body);
  return shown(call.ctx, created);
}

async function changeModule(call: Call): Promise<object> {
  const { secrets, ...sent } = call.body as Partial<Sent>;
  const changed = await changeOne(declaration, call, call.params.id, (before) => {
    const kept = secrets === undefined ? before.secrets : keptSecrets(call.ctx, secrets ?? [], before.secrets);
    const after = mergePatch(before as unknown as JsonObject, sent) as unknown as ActionModule;
    return { ...after, dependencies: after.dependencies ?? [], secrets: kept };
  });
  return shown(call.ctx, changed);
}

async function deleteModule(call: Call): Promise<unknown> {
  const uses = await usesOf(call.ctx, call.params.id);
  if (uses.length > 0) {
    throw new ApiError(409, `The module is used by ${uses.map(({ action_name }) => action_name).join(', ')}.`);
  }
  const answer = await removeOne(declaration, call, call.params.id);
  await forgetModule(call.ctx, call.params.id);
  return answer;
}

const modules: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List modules',
    scopes: ['read:actions'],
    key: 'modules',
    ways: 'offset',
    envelope: envelope('modules'),
    page: async ({ ctx }, window) => {
      const page = pageOf(await moduleRecords.list(ctx), window, (module) => module.id);
      const items = (page.items as Document<ActionModule>[]).map((module) => shown(ctx, module));
      return { ...page, items: await Promise.all(items) };
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Create a module',
    scopes: ['create:actions'],
    body: create,
    run: makeModule,
  }),
  endpoint({
    method: 'GET',
    path: '/actions/modules/{id}',
    summary: 'Read a module',
    scopes: ['read:actions'],
    run: async ({ ctx, params }) => shown(ctx, await findOne(declaration, ctx, params.id)),
  }),
  endpoint({
    method: 'PATCH',
    path: '/actions/modules/{id}',
    summary: 'Change a module',
    scopes: ['update:actions'],
    body: update,
    run: changeModule,
  }),
  endpoint({
    method: 'DELETE',
    path: '/actions/modules/{id}',
    summary: 'Delete a module',
    scopes: ['delete:actions'],
    run: deleteModule,
  }),
  listing({
    path: '/actions/modules/{id}/actions',
    summary: 'List the actions that use a module',
    scopes: ['read:actions'],
    key: 'actions',
    ways: 'offset',
    envelope: (page, window) =>
      actionsEnvelope('actions')(page.items.length === 0 ? { ...page, total: 0 } : page, window),
    page: async ({ ctx, params }, window) => {
      await findOne(declaration, ctx, params.id);
      return pageOf(await usesOf(ctx, params.id), window, ({ action_id }) => action_id);
    },
  }),
];

const versions: readonly Endpoint[] = [
  listing({
    path: '/actions/modules/{id}/versions',
    summary: "List a module's versions",
    scopes: ['read:actions'],
    key: 'versions',
    ways: 'offset',
    envelope: envelope('versions'),
    page: async ({ ctx, params }, window) => {
      await findOne(declaration, ctx, params.id);
      const all = (await moduleVersions(ctx, params.id)).map(shownVersion);
      return pageOf(all, window, (version) => version.id);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/actions/modules/{id}/versions',
    summary: 'Publish a module',
    scopes: ['update:actions'],
    status: 200,
    run: async ({ ctx, params }) =>
      shownVersion(await publishModule(ctx, (await findOne(declaration, ctx, params.id)).body)),
  }),
  endpoint({
    method: 'GET',
    path: '/actions/modules/{id}/versions/{versionId}',
    summary: "Read a module's version",
    scopes: ['read:actions'],
    run: async ({ ctx, params }) => shownVersion(await findVersion(ctx, params.id, params.versionId)),
  }),
  endpoint({
    method: 'POST',
    path: '/actions/modules/{id}/rollback',
    summary: 'Go back to an earlier version of a module',
    scopes: ['update:actions'],
    status: 200,
    body: object({ module_version_id: text({ description: 'The version' }) }),
    run: async ({ ctx, params, body }) => {
      await rollBackModule(ctx, await findVersion(ctx, params.id, body.module_version_id));
      return shown(ctx, await findOne(declaration, ctx, params.id));
    },
  }),
];

export const actionModules: readonly Endpoint[] = [...modules, ...versions];
