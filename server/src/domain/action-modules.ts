// Owns modules: code that actions share, and its published versions.
import { isDeepStrictEqual } from 'node:util';
import { randomUuid } from '#crypto/random';
import { type ActionSecret, actionRecords } from './actions.ts';
import type { Context } from './context.ts';
import { type Document, records } from './records.ts';

interface ModuleCode {
  readonly code: string;
  readonly dependencies: readonly { readonly name: string; readonly version: string }[];
  readonly secrets: readonly ActionSecret[];
}

export interface ActionModule extends ModuleCode {
  readonly id: string;
  readonly name: string;
}

export interface ModuleVersion extends ModuleCode {
  readonly id: string;
  readonly module_id: string;
  readonly version_number: number;
}

export const moduleRecords = records<ActionModule>('action-modules', ({ name }) => name);
const versionRecords = records<ModuleVersion>('action-module-versions');

type Needed = Pick<Context, 'documents'>;

const codeOf = ({ code, dependencies, secrets }: ModuleCode): ModuleCode => ({ code, dependencies, secrets });

/** The versions of a module, the newest first. */
export async function moduleVersions(ctx: Needed, moduleId: string): Promise<readonly Document<ModuleVersion>[]> {
  const all = (await versionRecords.list(ctx)).filter(({ body }) => body.module_id === moduleId);
  return all.toSorted((a, b) => b.body.version_number - a.body.version_number);
}

/** Whether what was published last is what the module is now. */
export function isPublished(module: ActionModule, latest: ModuleVersion | undefined): boolean {
  return latest !== undefined && isDeepStrictEqual(codeOf(module), codeOf(latest));
}

export async function publishModule(ctx: Needed, module: ActionModule): Promise<Document<ModuleVersion>> {
  const version_number = ((await moduleVersions(ctx, module.id))[0]?.body.version_number ?? 0) + 1;
  const version = { id: randomUuid(), module_id: module.id, version_number, ...codeOf(module) };
  const created = await versionRecords.create(ctx, version.id, version);
  if (created === 'taken') throw new Error('A random id was made twice.');
  return created;
}

/** The module as it was in a version of its own. */
export async function rollBackModule(ctx: Needed, { body }: Document<ModuleVersion>): Promise<void> {
  await moduleRecords.change(ctx, body.module_id, (module) => ({ ...module, ...codeOf(body) }));
}

export async function forgetModule(ctx: Needed, moduleId: string): Promise<void> {
  for (const { id } of await moduleVersions(ctx, moduleId)) await versionRecords.remove(ctx, id);
}

export interface ModuleUse {
  readonly action_id: string;
  readonly action_name: string;
  readonly module_version_id: string | undefined;
  readonly module_version_number: number | undefined;
}

/** The actions that use a module, each with the version that it uses. */
export async function usesOf(ctx: Needed, moduleId: string): Promise<readonly ModuleUse[]> {
  const versions = await moduleVersions(ctx, moduleId);
  return (await actionRecords.list(ctx)).flatMap(({ body }) => {
    const use = body.modules?.find(({ module_id }) => module_id === moduleId);
    if (!use) return [];
    const version = versions.find(({ id }) => id === use.module_version_id);
    const { version_number } = version?.body ?? {};
    return [
      {
        action_id: body.id,
        action_name: body.name,
        module_version_id: use.module_version_id,
        module_version_number: version_number,
      },
    ];
  });
}
