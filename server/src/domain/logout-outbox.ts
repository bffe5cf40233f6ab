// Owns what is yet to be told to applications: written with the end of a session, delivered afterwards.
import { randomId } from '#crypto/random';
import type { Client } from '#protocol/client';
import { backchannelUrls, type LogoutInitiator } from '#protocol/client-logout';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/logout-outbox';
import type { SessionClient } from '#storage/tables/session-clients';
import { listClients } from './clients.ts';
import type { Context } from './context.ts';

declare const listeners: unique symbol;

/** The applications that want to be told of log-outs, by client_id. */
export type LogoutListeners = ReadonlyMap<string, Client> & { readonly [listeners]: true };

/** By the list of applications, which is the same one until any of them changes. */
const indexes = new WeakMap<readonly Client[], LogoutListeners>();

/** Read before a transaction begins: inside one nothing else may be read. */
export async function logoutListeners(ctx: Pick<Context, 'documents'>): Promise<LogoutListeners> {
  const clients = await listClients(ctx);
  const known = indexes.get(clients);
  if (known) return known;
  const listening = clients.filter((client) => (client.oidc_logout?.backchannel_logout_urls ?? []).length > 0);
  const index = new Map(listening.map((client) => [client.client_id, client])) as unknown as LogoutListeners;
  indexes.set(clients, index);
  return index;
}

/** How sessions end, and who hears of it. */
export interface Ending {
  readonly initiator: LogoutInitiator;
  readonly listeners: LogoutListeners;
}

/** Writes down whom to tell that sessions ended, in the transaction that ends them. */
export async function enqueueLogouts(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  took: readonly SessionClient[],
  { initiator, listeners }: Ending,
): Promise<void> {
  const now = ctx.now();
  const deliveries = took.flatMap(({ sid, user_id, client_id }) => {
    const client = listeners.get(client_id);
    const urls = client ? backchannelUrls(client, initiator) : [];
    const delivery = { client_id, user_id, sid, attempts: 0, next_attempt_at: now, created_at: now };
    return urls.map((url) => ({ id: randomId(), url, ...delivery }));
  });
  await rows.insert(queries, deliveries);
}
