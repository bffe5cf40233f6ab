// Owns the versions of actions: each deployment makes one, and an old one can be deployed again.
import { type Action, type ActionCode, deployAction, findVersion, versionsOf } from '#domain/actions';
import type { Context } from '#domain/context';
import type { Document } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { findOne } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { actions, actionsEnvelope, shortAction, shownVersion } from './action-shapes.ts';

const missing = () => new ApiError(404, 'That version does not exist.');

/** Deploys code as a new version, which is answered as it was the moment before, as at Auth0. */
async function deploy(ctx: Context, action: Document<Action>, code: ActionCode): Promise<object> {
  const version = await deployAction(ctx, action.id, code);
  if (!version) throw actions.missing(action.id);
  return { ...(await shownVersion(ctx, version, false)), action: shortAction(action, false) };
}

export const actionVersions: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/actions/actions/{id}/deploy',
    summary: 'Deploy an action',
    scopes: ['create:actions'],
    status: 200,
    run: async ({ ctx, params }) => {
      const action = await findOne(actions, ctx, params.id);
      return deploy(ctx, action, action.body);
    },
  }),
  listing({
    path: '/actions/actions/{actionId}/versions',
    summary: "List an action's versions",
    scopes: ['read:actions'],
    key: 'versions',
    ways: 'offset',
    perPage: 20,
    envelope: actionsEnvelope('versions'),
    page: async ({ ctx, params }, window) => {
      const action = await findOne(actions, ctx, params.actionId);
      const page = pageOf(await versionsOf(ctx, action.id), window, ({ id }) => id);
      const items = (page.items as Awaited<ReturnType<typeof versionsOf>>).map(async (version) => ({
        ...(await shownVersion(ctx, version, version.id === action.body.deployed_version_id)),
        action: shortAction(action, version.id === action.body.deployed_version_id),
      }));
      return { ...page, items: await Promise.all(items) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/actions/actions/{actionId}/versions/{id}',
    summary: "Read a version of an action's",
    scopes: ['read:actions'],
    run: async ({ ctx, params }) => {
      const action = await findOne(actions, ctx, params.actionId);
      const version = await findVersion(ctx, action.id, params.id);
      if (!version) throw missing();
      const isDeployed = version.id === action.body.deployed_version_id;
      return { ...(await shownVersion(ctx, version, isDeployed)), action: shortAction(action, isDeployed) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/actions/actions/{actionId}/versions/{id}/deploy',
    summary: 'Deploy an old version of an action again',
    scopes: ['create:actions'],
    status: 200,
    run: async ({ ctx, params }) => {
      const action = await findOne(actions, ctx, params.actionId);
      const version = await findVersion(ctx, action.id, params.id);
      if (!version) throw missing();
      return deploy(ctx, action, version.body);
    },
  }),
];
