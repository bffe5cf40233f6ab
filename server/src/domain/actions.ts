// Owns actions: administrators' code, its versions, and which of them runs where, in Auth0's spelling.
import { isDeepStrictEqual } from 'node:util';
import { randomUuid } from '#crypto/random';
import type { Context } from './context.ts';
import { type Document, records } from './records.ts';

export interface ActionSecret {
  readonly name: string;
  /** Sealed. */
  readonly value: string;
  /** ISO 8601. */
  readonly updated_at: string;
}

/** What of an action a version keeps. */
export interface ActionCode {
  readonly code: string;
  readonly dependencies: readonly { readonly name: string; readonly version: string }[];
  readonly runtime: string;
  readonly secrets: readonly ActionSecret[];
  readonly supported_triggers: readonly { readonly id: string; readonly version?: string }[];
  readonly modules?: readonly { readonly module_id: string; readonly module_version_id?: string }[];
}

export interface Action extends ActionCode {
  readonly id: string;
  readonly name: string;
  readonly deployed_version_id?: string;
}

export interface ActionVersion extends ActionCode {
  readonly id: string;
  readonly action_id: string;
  readonly number: number;
}

/** An action that runs at a trigger. */
export interface ActionBinding {
  readonly id: string;
  readonly action_id: string;
  readonly display_name: string;
  /** ISO 8601. */
  readonly created_at: string;
}

export const actionRecords = records<Action>('actions', ({ name }) => name);
const versionRecords = records<ActionVersion>('action-versions');
const bindingRecords = records<{ readonly bindings: readonly ActionBinding[] }>('action-bindings');

type Needed = Pick<Context, 'documents'>;

/** The versions of an action, the newest first. */
export async function versionsOf(ctx: Needed, actionId: string): Promise<readonly Document<ActionVersion>[]> {
  const all = (await versionRecords.list(ctx)).filter(({ body }) => body.action_id === actionId);
  return all.toSorted((a, b) => b.body.number - a.body.number);
}

export async function findVersion(
  ctx: Needed,
  actionId: string,
  id: string,
): Promise<Document<ActionVersion> | undefined> {
  const found = await versionRecords.find(ctx, id);
  return found?.body.action_id === actionId ? found : undefined;
}

const codeOf = ({ code, dependencies, runtime, secrets, supported_triggers, modules }: ActionCode): ActionCode => ({
  code,
  dependencies,
  runtime,
  secrets,
  supported_triggers,
  ...(modules ? { modules } : {}),
});

/** Whether what is deployed is what the action is now. */
export function isDeployed(action: Action, deployed: ActionVersion | undefined): boolean {
  return deployed !== undefined && isDeepStrictEqual(codeOf(action), codeOf(deployed));
}

/** Makes a version of code and lets it run from now on; undefined when the action is gone. */
export async function deployAction(
  ctx: Needed,
  actionId: string,
  code: ActionCode,
): Promise<Document<ActionVersion> | undefined> {
  const number = ((await versionsOf(ctx, actionId))[0]?.body.number ?? 0) + 1;
  const version = { id: randomUuid(), action_id: actionId, number, ...codeOf(code) };
  const created = await versionRecords.create(ctx, version.id, version);
  if (created === 'taken') throw new Error('A random id was made twice.');
  const changed = await actionRecords.change(ctx, actionId, (action) => ({
    ...action,
    deployed_version_id: version.id,
  }));
  return changed === undefined ? undefined : created;
}

export async function bindingsOf(ctx: Needed, trigger: string): Promise<readonly ActionBinding[]> {
  return (await bindingRecords.find(ctx, trigger))?.body.bindings ?? [];
}

export async function bindActions(ctx: Needed, trigger: string, bindings: readonly ActionBinding[]): Promise<void> {
  const changed = await bindingRecords.change(ctx, trigger, () => ({ bindings }));
  if (changed === undefined) await bindingRecords.create(ctx, trigger, { bindings });
}

/** The triggers at which an action runs. */
export async function triggersOf(ctx: Needed, actionId: string): Promise<readonly string[]> {
  const all = await bindingRecords.list(ctx);
  return all.filter(({ body }) => body.bindings.some(({ action_id }) => action_id === actionId)).map(({ id }) => id);
}

/** What goes with an action: its versions, and where it ran. */
export async function forgetAction(ctx: Needed, actionId: string): Promise<void> {
  for (const trigger of await triggersOf(ctx, actionId)) {
    const bindings = await bindingsOf(ctx, trigger);
    await bindActions(
      ctx,
      trigger,
      bindings.filter(({ action_id }) => action_id !== actionId),
    );
  }
  for (const { id } of await versionsOf(ctx, actionId)) await versionRecords.remove(ctx, id);
}
