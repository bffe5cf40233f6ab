// Owns what most resources are: a collection of documents that are listed, read, made, changed and deleted.
import type { Context } from '#domain/context';
import type { Document, Records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type PagingRules, pageOf } from './paging.ts';
import { Answer, type Call, type Endpoint, endpoint, listing } from './resource.ts';
import type { object, Schema } from './schema.ts';

type Members = Parameters<typeof object>[0];

export interface Verbs {
  readonly list?: boolean;
  readonly read?: boolean;
  readonly create?: boolean;
  readonly update?: boolean;
  readonly remove?: boolean;
}

export interface Collection<B extends object> {
  /** Below /api/v2: `/roles`. */
  readonly path: string;
  /** What one is called in the reference: `role`. */
  readonly noun: string;
  /** What several are called. Undefined: the noun and an s. */
  readonly plural?: string;
  /** The scopes' last part: `roles` for `read:roles` and so on; or each verb's own. */
  readonly scope: string | { readonly [verb in 'read' | 'create' | 'update' | 'delete']: readonly string[] };
  readonly records: Records<B, Context>;
  /** The name of the id in the path; undefined: `id`. It must be the one of nested endpoints, too. */
  readonly param?: string;
  /** The schema of the id in the path, where its form is checked. */
  readonly id?: Schema<string>;
  readonly create?: Schema;
  readonly update?: Schema;
  /** The whole of a fresh object: what was sent, on top of the defaults. Throws ApiError. */
  readonly fresh: (call: Call, body: JsonObject) => B | Promise<B>;
  /** The document's id in a fresh object; undefined: its member `id`. */
  readonly idOf?: (body: B) => string;
  /** What a PATCH makes of an object. Undefined: it is merged in. Called inside the transaction; throws ApiError. */
  readonly patched?: (before: B, patch: JsonObject, call: Call) => B;
  /** Members that a PATCH replaces as a whole instead of merging. */
  readonly replaced?: readonly string[];
  /** What callers see: everything, unless something is secret, computed or renamed. */
  readonly shown?: (document: Document<B>, call: Call) => unknown;
  /** Which ones are listed at all, and which ones a query asks for. */
  readonly listed?: (document: Document<B>, call: Call) => boolean;
  /** Finds one by another name than its id. Undefined: by its id. */
  readonly find?: (ctx: Context, id: string) => Promise<Document<B> | undefined>;
  readonly missing: (id: string) => ApiError;
  readonly taken?: (body: B) => ApiError;
  /** Whether a second DELETE is a 404 instead of another 204. */
  readonly strictDelete?: boolean;
  /** May it go? Throws ApiError. */
  readonly removable?: (document: Document<B>, call: Call) => void | Promise<void>;
  /** What else goes with it. */
  readonly removed?: (document: Document<B>, call: Call) => unknown;
  readonly query?: Members;
  readonly paging?: Omit<PagingRules, 'key'>;
  /** The name of the list in an envelope; undefined: the path's. */
  readonly key?: string;
  readonly fields?: boolean;
  readonly statuses?: { readonly create?: number; readonly remove?: number };
  /** Undefined: all five. */
  readonly verbs?: Verbs;
}

const allVerbs: Verbs = { list: true, read: true, create: true, update: true, remove: true };

function scopesOf({ scope }: Collection<never>) {
  if (typeof scope !== 'string') return scope;
  const of = (verb: string) => [`${verb}:${scope}`];
  return { read: of('read'), create: of('create'), update: of('update'), delete: of('delete') };
}

/** One of a collection, or its refusal. */
export async function findOne<B extends object>(
  { records, find, missing }: Pick<Collection<B>, 'records' | 'find' | 'missing'>,
  ctx: Context,
  id: string,
): Promise<Document<B>> {
  const document = await (find ? find(ctx, id) : records.find(ctx, id));
  if (!document) throw missing(id);
  return document;
}

function shownBy<B extends object>(
  { shown }: Pick<Collection<B>, 'shown'>,
  document: Document<B>,
  call: Call,
): unknown {
  return shown ? shown(document, call) : document.body;
}

/** Makes one, as POST does; for endpoints that make one in another way. */
export async function createOne<B extends object>(
  c: Collection<B>,
  call: Call,
  body: JsonObject,
): Promise<Document<B>> {
  const fresh = await c.fresh(call, body);
  const id = c.idOf ? c.idOf(fresh) : (fresh as { id: string }).id;
  const created = await c.records.create(call.ctx, id, fresh);
  if (created === 'taken') throw takenError(c, fresh);
  call.change.after = created.body;
  return created;
}

function takenError<B extends object>({ taken, noun }: Collection<B>, body: B): ApiError {
  return taken?.(body) ?? new ApiError(409, `The ${noun} exists already.`);
}

/** Changes one, as PATCH does. */
export async function changeOne<B extends object>(
  c: Collection<B>,
  call: Call,
  id: string,
  rewrite: (before: B) => B,
): Promise<Document<B>> {
  const found = await findOne(c, call.ctx, id);
  let asked: B | undefined;
  const changed = await c.records.change(call.ctx, found.id, (before) => {
    asked = rewrite(before);
    return asked;
  });
  if (changed === undefined) throw c.missing(id);
  if (changed === 'taken') throw takenError(c, asked as B);
  call.change.before = found.body;
  call.change.after = changed.body;
  return changed;
}

/** Deletes one, as DELETE does. */
export async function removeOne<B extends object>(
  c: Collection<B>,
  call: Call,
  id: string,
): Promise<Answer | undefined> {
  const document = await (c.find ? c.find(call.ctx, id) : c.records.find(call.ctx, id));
  const gone = c.statuses?.remove === undefined ? undefined : new Answer(c.statuses.remove, {});
  if (!document) {
    if (c.strictDelete) throw c.missing(id);
    return gone;
  }
  await c.removable?.(document, call);
  await c.records.remove(call.ctx, document.id);
  await c.removed?.(document, call);
  call.change.before = document.body;
  return gone;
}

function listEndpoint<B extends object>(c: Collection<B>): Endpoint {
  return listing({
    ...c.paging,
    path: c.path,
    summary: `List ${c.plural ?? `${c.noun}s`}`,
    scopes: scopesOf(c as unknown as Collection<never>).read,
    query: c.query ?? {},
    fields: c.fields,
    key: c.key ?? (c.path.split('/').at(-1) as string).replaceAll('-', '_'),
    page: async (call, window) => {
      const all = await c.records.list(call.ctx);
      const { listed } = c;
      const page = pageOf(listed ? all.filter((document) => listed(document, call)) : all, window, ({ id }) => id);
      return { ...page, items: (page.items as Document<B>[]).map((document) => shownBy(c, document, call)) };
    },
  });
}

/** The endpoints of a collection. */
export function collection<B extends object>(c: Collection<B>): readonly Endpoint[] {
  const { verbs = allVerbs, noun, create, update } = c;
  const param = c.param ?? 'id';
  const path = `${c.path}/{${param}}`;
  const params = c.id ? { [param]: c.id } : {};
  const scopes = scopesOf(c as unknown as Collection<never>);
  const idIn = (call: Call): string => call.params[param];
  const merged = (before: B, patch: JsonObject): B => mergePatch(before as JsonObject, patch, c.replaced) as B;
  const one = { path, params, fields: c.fields };
  return [
    ...(verbs.list ? [listEndpoint(c)] : []),
    ...(verbs.create && create
      ? [
          endpoint({
            method: 'POST',
            path: c.path,
            summary: `Create a ${noun}`,
            scopes: scopes.create,
            body: create,
            status: c.statuses?.create,
            run: async (call) => shownBy(c, await createOne(c, call, call.body as JsonObject), call),
          }),
        ]
      : []),
    ...(verbs.read
      ? [
          endpoint({
            ...one,
            method: 'GET',
            summary: `Read a ${noun}`,
            scopes: scopes.read,
            run: async (call) => shownBy(c, await findOne(c, call.ctx, idIn(call)), call),
          }),
        ]
      : []),
    ...(verbs.update && update
      ? [
          endpoint({
            ...one,
            method: 'PATCH',
            summary: `Change a ${noun}`,
            scopes: scopes.update,
            body: update,
            run: async (call) => {
              const patch = call.body as JsonObject;
              const rewrite = (before: B) => (c.patched ? c.patched(before, patch, call) : merged(before, patch));
              return shownBy(c, await changeOne(c, call, idIn(call), rewrite), call);
            },
          }),
        ]
      : []),
    ...(verbs.remove
      ? [
          endpoint({
            path,
            params,
            method: 'DELETE',
            summary: `Delete a ${noun}`,
            scopes: scopes.delete,
            run: (call) => removeOne(c, call, idIn(call)),
          }),
        ]
      : []),
  ];
}
