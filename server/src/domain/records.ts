// Owns the plain verbs for configuration: what every kind of document can, and all that those without rules of their own need.
import { type Document, documentKind } from '#storage/documents';
import type { Context } from './context.ts';

export type { Document } from '#storage/documents';

type Needed = Pick<Context, 'documents'>;

/** The documents of one kind. Whoever has rules about them offers the same verbs, and keeps the rules in them. */
export interface Records<B, Ctx = Needed> {
  /** Every one, oldest first; from memory. */
  list(ctx: Ctx): Promise<readonly Document<B>[]>;
  /** From memory. */
  find(ctx: Ctx, id: string): Promise<Document<B> | undefined>;
  /** By the natural key; from memory. */
  findByName(ctx: Ctx, name: string): Promise<Document<B> | undefined>;
  /** 'taken' when the id or the natural key belongs to another. */
  create(ctx: Ctx, id: string, body: B): Promise<Document<B> | 'taken'>;
  /** Read and written in one transaction; undefined when there is none. What `change` throws leaves it as it was. */
  change(ctx: Ctx, id: string, change: (body: B) => B): Promise<Document<B> | 'taken' | undefined>;
  /** False when there is none. */
  remove(ctx: Ctx, id: string): Promise<boolean>;
}

/** The documents of a kind that has no rules; `nameOf` is the natural key that no two may share. */
export function records<B>(name: string, nameOf?: (body: B) => string | null): Records<B> {
  const kind = documentKind<B>(name, nameOf);
  return {
    list: ({ documents }) => documents.list(kind),
    find: ({ documents }, id) => documents.get(kind, id),
    findByName: ({ documents }, key) => documents.getByName(kind, key),
    create: ({ documents }, id, body) => documents.create(kind, id, body),
    change: ({ documents }, id, change) => documents.update(kind, id, change),
    remove: ({ documents }, id) => documents.remove(kind, id),
  };
}

/** A document of which there is one: settings. */
export interface Singleton<B> {
  /** What was set, or the defaults. From memory. */
  read(ctx: Needed): Promise<B>;
  /** Undefined until something is set. */
  find(ctx: Needed): Promise<B | undefined>;
  /** Read and written in one transaction. */
  change(ctx: Needed, change: (body: B) => B): Promise<B>;
  /** Back to the defaults; false when nothing was set. */
  clear(ctx: Needed): Promise<boolean>;
}

/** The settings of a name; `name` is the kind, `id` tells several of a kind apart. */
export function singleton<B>(name: string, defaults: B, id = 'settings'): Singleton<B> {
  const kind = documentKind<B>(name);
  const find: Singleton<B>['find'] = async ({ documents }) => (await documents.get(kind, id))?.body;
  const change: Singleton<B>['change'] = async (ctx, rewrite) => {
    const changed = await ctx.documents.update(kind, id, rewrite);
    if (changed !== undefined && changed !== 'taken') return changed.body;
    const created = await ctx.documents.create(kind, id, rewrite(defaults));
    // Somebody else set something for the first time, a moment earlier.
    return created === 'taken' ? change(ctx, rewrite) : created.body;
  };
  return {
    find,
    change,
    read: async (ctx) => (await find(ctx)) ?? defaults,
    clear: ({ documents }) => documents.remove(kind, id),
  };
}
