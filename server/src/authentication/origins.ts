// Owns which origins may call the endpoints that browsers call.

import { listClients } from '#domain/clients';
import type { Context } from '#domain/context';
import { corsFor, preflightFor } from '#http/cors';
import type { Client } from '#protocol/client';
import { originOf } from '#protocol/redirect-uri';
import type { Handler } from './route.ts';

/** An application's own origins: those it registered, and those of its callbacks. */
function originsOf(client: Client): Set<string> {
  const callbacks = client.callbacks.filter((uri) => !uri.includes('*')).flatMap((uri) => originOf(uri) ?? []);
  return new Set([...client.allowed_origins, ...client.web_origins, ...callbacks]);
}

/** The CORS headers for a caller of this application; none for an origin that isn't its own. */
export function corsForClient(client: Client, origin: string | undefined): Record<string, string> {
  return origin !== undefined && originsOf(client).has(origin) ? corsFor(origin) : {};
}

/** By the list of applications, which is the same one until any of them changes. */
const indexes = new WeakMap<readonly Client[], ReadonlySet<string>>();

function originsOfAll(clients: readonly Client[]): ReadonlySet<string> {
  const known = indexes.get(clients);
  if (known) return known;
  const index = new Set(clients.flatMap((client) => [...originsOf(client)]));
  indexes.set(clients, index);
  return index;
}

/** The CORS headers for an origin of any application: where the caller isn't known by name. */
export async function corsForAnyClient(ctx: Context, origin: string | undefined): Promise<Record<string, string>> {
  if (origin === undefined) return {};
  return originsOfAll(await listClients(ctx)).has(origin) ? corsFor(origin) : {};
}

/** Answers a preflight, which names no application: any application's origin may go on to the request itself. */
export function preflight(methods: string): Handler {
  return async ({ ctx }, request, reply) => {
    const { origin } = request.headers;
    const allowed = Object.keys(await corsForAnyClient(ctx, origin)).length > 0;
    if (allowed && origin !== undefined) reply.headers(preflightFor(origin, methods));
    return reply.code(204).send();
  };
}
