// Owns the audit: one event for each operation on the Management API, with who, what, from where, before and after.
import { isJsonObject, type JsonObject } from '#protocol/merge-patch';
import { mask, redact, redactAll } from '#protocol/redaction';
import type { Caller, Context } from './context.ts';
import type { EventType, LogEvent } from './event-types.ts';

/** Who did it: an application, and the person if it acted for one. */
export interface Operator extends Caller {
  readonly client_id: string;
  readonly user_id: string | undefined;
  /** Of the access token. */
  readonly jti: string;
  readonly scope: readonly string[];
}

export interface Operation {
  /** What was done, in a few words: `Create a role`. */
  readonly description: string;
  readonly caller: Operator;
  /** `path` is without the query. */
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: unknown;
    readonly body: unknown;
  };
  readonly response: { readonly statusCode: number; readonly body: unknown };
  readonly change?: { readonly before?: unknown; readonly after?: unknown } | undefined;
}

/** Where everything that is sent and answered is a secret, whatever its name. */
const secretPaths = [/\/hooks\/[^/]+\/secrets$/, /\/rules-configs(?:\/[^/]*)?$/];

function cleaned(path: string, value: unknown): unknown {
  return secretPaths.some((secret) => secret.test(path)) ? redactAll(value) : redact(value);
}

/** The members that differ, as they were and as they are. */
function differences({ before, after }: NonNullable<Operation['change']>): { before: unknown; after: unknown } {
  if (!isJsonObject(before) || !isJsonObject(after)) return { before: before ?? null, after: after ?? null };
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const only = (object: JsonObject) =>
    Object.fromEntries(changed.flatMap((key) => (Object.hasOwn(object, key) ? [[key, object[key]]] : [])));
  return { before: only(before), after: only(after) };
}

/** More than this is told by its size alone. */
const mostJson = 64 * 1024;

function bounded(value: unknown): unknown {
  const { length } = JSON.stringify(value) ?? '';
  return length > mostJson ? { left_out: `${length} characters of JSON` } : value;
}

function typeOf({ request, response }: Operation): EventType {
  if (request.method === 'GET') return 'mgmt_api_read';
  return response.statusCode < 400 ? 'sapi' : 'fapi';
}

/** The event of an operation, without its secrets. */
export function auditRecord(operation: Operation): LogEvent {
  const { description, caller, request, response, change } = operation;
  const { path } = request;
  const clean = (value: unknown) => bounded(cleaned(path, value ?? null));
  const changed = change && (change.before !== undefined || change.after !== undefined) && differences(change);
  return {
    type: typeOf(operation),
    description,
    client_id: caller.client_id,
    user_id: caller.user_id,
    ip: caller.ip,
    user_agent: caller.userAgent,
    details: {
      request: {
        auth: {
          credentials: { jti: caller.jti, scopes: caller.scope },
          strategy: 'jwt',
          user: caller.user_id === undefined ? {} : { user_id: caller.user_id },
        },
        body: clean(request.body),
        channel: 'api',
        ip: caller.ip,
        method: request.method.toLowerCase(),
        path,
        query: redact(request.query),
        userAgent: caller.userAgent ?? '',
      },
      response: { body: clean(response.body ?? {}), statusCode: response.statusCode },
      ...(changed ? { change: { before: clean(changed.before), after: clean(changed.after) } } : {}),
    },
  };
}

/** Records an operation; resolves when that is written. Throws when it can't be. */
export async function recordOperation(ctx: Pick<Context, 'log'>, operation: Operation): Promise<void> {
  await ctx.log.keep(auditRecord(operation));
}

/** Members that are masked in events, and yet hold what everybody may know: certificates and public keys. */
const publicMembers = ['signing_keys', 'credentials'];

function masksIn(value: unknown): number {
  const json = JSON.stringify(value, (key, member: unknown) => (publicMembers.includes(key) ? undefined : member));
  return (json ?? '').split(mask).length - 1;
}

/** Whether what is answered tells secrets, so that its reading is recorded. */
export function tellsSecrets(path: string, body: unknown): boolean {
  return masksIn(cleaned(path, body)) > masksIn(body);
}
