// Owns /api/v2/actions: administrators' code, its versions, and the triggers at which it runs.
import { defaultRuntime, triggerNames, triggerVersions } from '#domain/action-triggers';
import { type Action, actionRecords, deployAction, forgetAction, triggersOf } from '#domain/actions';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, changeOne, createOne, findOne, removeOne } from '../collection.ts';
import { uuid } from '../ids.ts';
import { pageOf } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { flag, list, object, oneOf, optional, patchOf, record, type TypeOf, text } from '../schema.ts';
import { actionBindings } from './action-bindings.ts';
import { actionModules } from './action-modules.ts';
import {
  actionsEnvelope,
  actions as actionsFinder,
  dependenciesBody,
  keptSecrets,
  modulesBody,
  secretsBody,
  shownAction,
} from './action-shapes.ts';
import { actionVersions } from './action-versions.ts';

const id = uuid('action-id');

const members = object({
  name: text({ minLength: 1, maxLength: 255, description: 'Name of the action' }),
  supported_triggers: list(
    object({ id: oneOf(triggerNames), version: optional(text({ maxLength: 10 })) }, { open: true }),
    { minItems: 1, maxItems: 1, description: 'When it may run' },
  ),
  code: optional(text({ maxLength: 100_000, description: 'JavaScript' })),
  dependencies: optional(dependenciesBody),
  runtime: optional(text({ maxLength: 30, description: 'Where it runs: node22' })),
  secrets: optional(secretsBody),
  modules: optional(modulesBody),
});

const create = { ...members, properties: { ...(members['properties'] as object), deploy: flag() } } as typeof members;
type Sent = TypeOf<typeof members> & { readonly deploy?: boolean };

function defaultsOf({ supported_triggers }: Pick<Sent, 'supported_triggers'>) {
  const [trigger = { id: '' }] = supported_triggers;
  return { code: '', dependencies: [], runtime: defaultRuntime(trigger as Parameters<typeof defaultRuntime>[0]) };
}

const declaration: Collection<Action> = {
  path: '/actions/actions',
  noun: 'action',
  scope: 'actions',
  ...actionsFinder,
  create,
  update: patchOf(members),
  fresh: ({ ctx }, body) => {
    const { deploy, secrets = [], ...sent } = body as unknown as Sent;
    const fresh = { id: id.make(), ...defaultsOf(sent), ...sent, secrets: keptSecrets(ctx, secrets) };
    return fresh as unknown as Action;
  },
  taken: ({ name }) => new ApiError(409, `An action with the name "${name}" exists already.`),
};

async function listed({ ctx, query }: Call) {
  const { triggerId, actionName, deployed } = query;
  const all = await actionRecords.list(ctx);
  return all.filter(
    ({ body }) =>
      (triggerId === undefined || body.supported_triggers.some((trigger) => trigger.id === triggerId)) &&
      (actionName === undefined || body.name === actionName) &&
      (deployed === undefined || deployed === (body.deployed_version_id !== undefined)),
  );
}

const path = '/actions/actions';

async function makeAction(call: Call): Promise<unknown> {
  const { ctx, body } = call;
  const created = await createOne(declaration, call, body);
  if (!(body as Sent).deploy) return shownAction(ctx, created);
  await deployAction(ctx, created.id, created.body);
  return shownAction(ctx, await findOne(declaration, ctx, created.id), 'PENDING');
}

async function changeAction(call: Call): Promise<unknown> {
  const { ctx, params, body } = call;
  const { secrets, ...sent } = body as Partial<Sent>;
  const changed = await changeOne(declaration, call, params.id, (before) => {
    const kept = secrets === undefined ? before.secrets : keptSecrets(ctx, secrets ?? [], before.secrets);
    const after = mergePatch(before as unknown as JsonObject, sent) as unknown as Sent;
    return { ...defaultsOf(after), ...after, secrets: kept } as unknown as Action;
  });
  return shownAction(ctx, changed);
}

async function deleteAction(call: Call): Promise<unknown> {
  const { ctx, params, query } = call;
  const bound = await triggersOf(ctx, params.id);
  if (bound.length > 0 && query.force !== true) {
    throw new ApiError(409, `The action is bound to ${bound.join(', ')}. Unbind it first, or force its deletion.`);
  }
  await findOne(declaration, ctx, params.id);
  await forgetAction(ctx, params.id);
  return removeOne({ ...declaration, strictDelete: true }, call, params.id);
}

const endpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List actions',
    scopes: ['read:actions'],
    key: 'actions',
    perPage: 20,
    ways: 'offset',
    envelope: actionsEnvelope('actions'),
    query: {
      triggerId: optional(oneOf(triggerNames)),
      actionName: optional(text({ maxLength: 255 })),
      deployed: optional(flag()),
      installed: optional(flag()),
    },
    page: async (call, window) => {
      const page = pageOf(await listed(call), window, (action) => action.id);
      const items = (page.items as Awaited<ReturnType<typeof listed>>).map((action) => shownAction(call.ctx, action));
      return { ...page, items: await Promise.all(items) };
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Create an action',
    scopes: ['create:actions'],
    body: create,
    run: makeAction,
  }),
  endpoint({
    method: 'GET',
    path: '/actions/actions/{id}',
    summary: 'Read an action',
    scopes: ['read:actions'],
    run: async ({ ctx, params }) => shownAction(ctx, await findOne(declaration, ctx, params.id)),
  }),
  endpoint({
    method: 'PATCH',
    path: '/actions/actions/{id}',
    summary: 'Change an action',
    scopes: ['update:actions'],
    body: patchOf(members),
    run: changeAction,
  }),
  endpoint({
    method: 'DELETE',
    path: '/actions/actions/{id}',
    summary: 'Delete an action',
    scopes: ['delete:actions'],
    query: { force: optional(flag({ description: 'Whether it goes though it is bound' })) },
    run: deleteAction,
  }),
];

const triggers: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/actions/triggers',
    summary: 'List the triggers',
    scopes: ['read:actions'],
    run: () => ({ triggers: triggerVersions }),
  }),
  endpoint({
    method: 'GET',
    path: '/actions/executions/{id}',
    summary: 'Read what happened when actions ran',
    scopes: ['read:actions'],
    run: () => {
      throw new ApiError(404, 'That execution does not exist.');
    },
  }),
  endpoint({
    method: 'POST',
    path: '/actions/actions/{id}/test',
    summary: 'Run an action for a test',
    scopes: ['create:actions'],
    status: 200,
    body: object({ payload: record() }),
    run: async ({ ctx, params }) => {
      await findOne(declaration, ctx, params.id);
      throw new ApiError(501, 'This server does not run actions yet: they are kept until it does.', 'not_implemented');
    },
  }),
];

export const actions: Resource = {
  name: 'actions',
  endpoints: [...endpoints, ...actionVersions, ...triggers, ...actionBindings, ...actionModules],
};
