// Owns what most resources are: a collection of documents that are listed, read, made, changed and deleted.
import type { Context } from '#domain/context';
import type { Document, Records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { answerOf } from './answers.ts';
import { type PagingRules, pageOf } from './paging.ts';
import { type Answer, type Call, type Endpoint, endpoint, listing } from './resource.ts';
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
  /** Of those that PUT replaces as a whole. */
  readonly replace?: Schema;
  /** May it be, a new one or a change, by what else there is? Throws ApiError or InvalidSetting. */
  readonly acceptable?: (call: Call, sent: JsonObject) => void | Promise<void>;
  /** What is taken for sent, a new one or a change, once others were asked. Throws ApiError. */
  readonly prepared?: (call: Call, sent: JsonObject) => Promise<JsonObject>;
  /** The whole of a fresh object: what was sent, on top of the defaults. Throws ApiError. */
  readonly fresh: (call: Call, body: JsonObject) => B | Promise<B>;
  /** The document's id in a fresh object; undefined: its member `id`. */
  readonly idOf?: (body: B) => string;
  /** The member in which it is shown; undefined: `id`. */
  readonly idName?: string;
  /** What a PUT makes of an object. Undefined: what was sent, with the id. */
  readonly replacement?: (before: B, body: JsonObject) => B;
  /** What a PATCH makes of an object. Undefined: it is merged in. Called inside the transaction; throws ApiError. */
  readonly patched?: (before: B, patch: JsonObject, call: Call) => B;
  /** Members that a PATCH replaces as a whole instead of merging. */
  readonly replaced?: readonly string[];
  /** What callers see: everything, unless something is secret, computed or renamed. */
  readonly shown?: (document: Document<B>, call: Call) => unknown;
  /** What is told of one in a list, where that is less. */
  readonly summary?: (document: Document<B>, call: Call) => unknown;
  /** Which ones are listed at all, and which ones a query asks for. */
  readonly listed?: (document: Document<B>, call: Call) => boolean;
  /** Which ones a query asks for, where others must be looked up for it. Throws ApiError or InvalidSetting. */
  readonly found?: (call: Call) => Promise<(document: Document<B>) => boolean>;
  /** Finds one by another name than its id. Undefined: by its id. */
  readonly find?: (ctx: Context, id: string) => Promise<Document<B> | undefined>;
  readonly missing: (id: string) => ApiError;
  /** Of a DELETE; undefined: the same as everywhere. */
  readonly missingAtDelete?: () => ApiError;
  readonly taken?: (body: B) => ApiError;
  /** Of a change; undefined: the same as of a new one. */
  readonly takenAtChange?: (body: B) => ApiError;
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
  /** What is told in lists whatever `fields` chooses. */
  readonly alwaysShown?: readonly string[];
  readonly statuses?: { readonly create?: number };
  /** What a DELETE is answered with. Undefined: nothing, 204. */
  readonly deleted?: (now: number) => Answer;
  /** Undefined: all five. */
  readonly verbs?: Verbs;
}

const allVerbs: Verbs = { list: true, read: true, create: true, update: true, remove: true };

function scopesOf({ scope }: Collection<never>) {
  if (typeof scope !== 'string') return scope;
  const of = (verb: string) => [`${verb}:${scope}`];
  return { read: of('read'), create: of('create'), update: of('update'), delete: of('delete') };
}

/** A document with the times of its making and its last change, as Auth0 writes them. */
export function dated<B extends object>({ body, created_at, updated_at }: Document<B>) {
  return { ...body, created_at: new Date(created_at).toISOString(), updated_at: new Date(updated_at).toISOString() };
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
  if (changed === 'taken') throw c.takenAtChange?.(asked as B) ?? takenError(c, asked as B);
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
  const gone = c.deleted?.(call.ctx.now());
  if (!document) {
    if (c.strictDelete) throw c.missingAtDelete?.() ?? c.missing(id);
    return gone;
  }
  await c.removable?.(document, call);
  await c.records.remove(call.ctx, document.id);
  await c.removed?.(document, call);
  call.change.before = document.body;
  return gone;
}

function oneOf({ noun }: { readonly noun: string }): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function listEndpoint<B extends object>(c: Collection<B>): Endpoint {
  return listing({
    ...c.paging,
    path: c.path,
    summary: `List ${c.plural ?? `${c.noun}s`}`,
    scopes: scopesOf(c as unknown as Collection<never>).read,
    query: c.query ?? {},
    fields: c.fields,
    alwaysShown: c.alwaysShown,
    key: c.key ?? (c.path.split('/').at(-1) as string).replaceAll('-', '_'),
    page: async (call, window) => {
      const all = await c.records.list(call.ctx);
      const { listed = () => true, summary } = c;
      const isFound = (await c.found?.(call)) ?? (() => true);
      const asked = all.filter((document) => listed(document, call) && isFound(document));
      const told = (document: Document<B>) => (summary ? summary(document, call) : shownBy(c, document, call));
      const page = pageOf(asked, window, ({ id }) => id);
      return { ...page, items: (page.items as Document<B>[]).map((document) => told(document)) };
    },
  });
}

/** The parts that all endpoints about one of them have in common. */
function aboutOne<B extends object>(c: Collection<B>) {
  const param = c.param ?? 'id';
  return {
    place: { path: `${c.path}/{${param}}`, params: c.id ? { [param]: c.id } : {} },
    idIn: (call: Call): string => call.params[param],
    scopes: scopesOf(c as unknown as Collection<never>),
  };
}

async function acceptedBody<B extends object>(c: Collection<B>, call: Call): Promise<JsonObject> {
  const sent = call.body as JsonObject;
  await c.acceptable?.(call, sent);
  return c.prepared ? c.prepared(call, sent) : sent;
}

function createEndpoint<B extends object>(c: Collection<B>, body: Schema): Endpoint {
  return endpoint({
    method: 'POST',
    path: c.path,
    summary: `Create ${oneOf(c)}`,
    scopes: aboutOne(c).scopes.create,
    body,
    status: c.statuses?.create,
    run: async (call) => {
      const sent = await acceptedBody(c, call);
      return shownBy(c, await createOne(c, call, sent), call);
    },
  });
}

function readEndpoint<B extends object>(c: Collection<B>): Endpoint {
  const { place, idIn, scopes } = aboutOne(c);
  return endpoint({
    ...place,
    method: 'GET',
    summary: `Read ${oneOf(c)}`,
    scopes: scopes.read,
    fields: c.fields,
    alwaysShown: c.alwaysShown,
    run: async (call) => shownBy(c, await findOne(c, call.ctx, idIn(call)), call),
  });
}

/** PATCH merges what is sent in; PUT takes it for the whole. */
function changeEndpoint<B extends object>(c: Collection<B>, method: 'PATCH' | 'PUT', body: Schema): Endpoint {
  const { place, idIn, scopes } = aboutOne(c);
  const replace = (before: B, sent: JsonObject): B =>
    c.replacement?.(before, sent) ?? ({ id: (before as { id?: string }).id, ...sent } as B);
  const patch = (before: B, sent: JsonObject, call: Call): B =>
    c.patched ? c.patched(before, sent, call) : (mergePatch(before as JsonObject, sent, c.replaced) as B);
  const rewrite = method === 'PUT' ? replace : patch;
  return endpoint({
    ...place,
    method,
    summary: `${method === 'PUT' ? 'Replace' : 'Change'} ${oneOf(c)}`,
    scopes: scopes.update,
    body,
    fields: c.fields,
    run: async (call) => {
      await findOne(c, call.ctx, idIn(call));
      const sent = await acceptedBody(c, call);
      const changed = await changeOne(c, call, idIn(call), (before) => rewrite(before, sent, call));
      return shownBy(c, changed, call);
    },
  });
}

function removeEndpoint<B extends object>(c: Collection<B>): Endpoint {
  const { place, idIn, scopes } = aboutOne(c);
  return endpoint({
    ...place,
    method: 'DELETE',
    summary: `Delete ${oneOf(c)}`,
    scopes: scopes.delete,
    run: (call) => removeOne(c, call, idIn(call)),
  });
}

/** The endpoints of a collection. */
export function collection<B extends object>(c: Collection<B>): readonly Endpoint[] {
  const { verbs = allVerbs, create, update, replace } = c;
  const endpoints = [
    verbs.list && listEndpoint(c),
    verbs.create && create && createEndpoint(c, create),
    verbs.read && readEndpoint(c),
    verbs.update && update && changeEndpoint(c, 'PATCH', update),
    verbs.update && replace && changeEndpoint(c, 'PUT', replace),
    verbs.remove && removeEndpoint(c),
  ];
  const answer = answerOf(c.noun, [create, replace, update], c.idName ?? 'id');
  const there = endpoints.filter((one) => one !== undefined && one !== false);
  // What a list tells less of may look otherwise.
  const isTold = ({ method, paging }: Endpoint) => method !== 'DELETE' && !(paging && c.summary);
  return there.map((one) => (isTold(one) ? { ...one, answer } : one));
}
