// Owns which actions run at which trigger, in which order.
import { randomUuid } from '#crypto/random';
import { triggerNames } from '#domain/action-triggers';
import { type Action, type ActionBinding, actionRecords, bindActions, bindingsOf } from '#domain/actions';
import type { Context } from '#domain/context';
import type { Document } from '#domain/records';
import { ApiError, invalidBody } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, oneOf, optional, record, type TypeOf, text } from '../schema.ts';
import { actionsEnvelope, shownAction } from './action-shapes.ts';

const path = '/actions/triggers/{triggerId}/bindings';
const params = { triggerId: oneOf(triggerNames, { description: 'The trigger' }) };

const reference = object({
  ref: object({ type: oneOf(['action_id', 'action_name', 'binding_id']), value: text({ maxLength: 255 }) }),
  display_name: optional(text({ maxLength: 255 })),
  secrets: optional(list(record())),
});

const body = object({
  bindings: optional(list(reference, { maxItems: 100, description: 'In the order in which they run' })),
});

type Reference = TypeOf<typeof reference>;

async function resolve(ctx: Context, { ref }: Reference, bound: readonly ActionBinding[]): Promise<Document<Action>> {
  const id = ref.type === 'binding_id' ? bound.find((binding) => binding.id === ref.value)?.action_id : ref.value;
  const byName = ref.type === 'action_name';
  const found = byName ? await actionRecords.findByName(ctx, ref.value) : await actionRecords.find(ctx, id ?? '');
  if (!found) throw new ApiError(404, 'That action does not exist.');
  if (found.body.deployed_version_id === undefined) {
    throw invalidBody(`The action "${found.body.name}" must be deployed before it can be bound.`);
  }
  return found;
}

async function shownBinding(ctx: Context, trigger_id: string, binding: ActionBinding): Promise<object | undefined> {
  const action = await actionRecords.find(ctx, binding.action_id);
  if (!action) return undefined;
  const { id, display_name, created_at } = binding;
  // Here Auth0 never says that all is deployed.
  const shown = { ...(await shownAction(ctx, action)), all_changes_deployed: false };
  return { id, trigger_id, action: shown, created_at, updated_at: created_at, display_name };
}

async function shownBindings(ctx: Context, trigger: string): Promise<readonly object[]> {
  const bindings = await bindingsOf(ctx, trigger);
  const shown = await Promise.all(bindings.map((binding) => shownBinding(ctx, trigger, binding)));
  return shown.filter((binding) => binding !== undefined);
}

export const actionBindings: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List what runs at a trigger',
    scopes: ['read:actions'],
    params,
    key: 'bindings',
    ways: 'offset',
    envelope: actionsEnvelope('bindings'),
    page: async (call, window) =>
      pageOf(await shownBindings(call.ctx, call.params.triggerId), window, (binding) => (binding as ActionBinding).id),
  }),
  endpoint({
    method: 'PATCH',
    path,
    summary: 'Say what runs at a trigger',
    scopes: ['update:actions'],
    params,
    body,
    run: async ({ ctx, params: { triggerId }, body: { bindings = [] }, change }) => {
      const before = await bindingsOf(ctx, triggerId);
      const created_at = new Date(ctx.now()).toISOString();
      const after: ActionBinding[] = [];
      for (const binding of bindings) {
        const { id, body: action } = await resolve(ctx, binding, before);
        after.push({ id: randomUuid(), action_id: id, display_name: binding.display_name ?? action.name, created_at });
      }
      await bindActions(ctx, triggerId, after);
      change.before = before;
      change.after = after;
      return { bindings: await shownBindings(ctx, triggerId) };
    },
  }),
];
