// Owns GET /status-lists and /status-lists/{list}: the status of access tokens, for who speaks the IETF's Token Status List.
import { signJwt } from '#crypto/jwt';
import { corsPublic } from '#http/cors';
import { queryOf } from '#http/form';
import { statusListAddress, statusListNumber } from '#protocol/status-list';
import type { Edge, Handler } from './route.ts';

const typ = 'statuslist+jwt';
/** How long a list may be relied on without asking again, and at all. */
const ttlSec = 15;
const lifetimeSec = 300;
/** However many ask, a list is made no more often. */
const reusedMs = 2000;

interface Made {
  readonly token: Promise<string | undefined>;
  readonly at: number;
}

const made = new WeakMap<Edge, Map<number, Made>>();
const mostKept = 256;

async function make({ ctx }: Edge, list: number): Promise<string | undefined> {
  const bits = await ctx.statuses.bitsOf(list);
  if (!bits) return undefined;
  const iat = Math.floor(ctx.now() / 1000);
  const claims = {
    iss: ctx.issuer,
    sub: statusListAddress(ctx.issuer, list),
    iat,
    exp: iat + lifetimeSec,
    ttl: ttlSec,
    status_list: { bits: 1, lst: bits.toString('base64url'), aggregation_uri: `${ctx.issuer}status-lists` },
  };
  return signJwt(claims, await ctx.keys.signer('RS256'), typ);
}

function latest(edge: Edge, list: number): Promise<string | undefined> {
  const lists = made.get(edge) ?? new Map<number, Made>();
  made.set(edge, lists);
  const known = lists.get(list);
  const now = edge.ctx.now();
  if (known && now - known.at < reusedMs) return known.token;
  const token = make(edge, list);
  lists.delete(list);
  if (lists.size >= mostKept) lists.delete(lists.keys().next().value as number);
  lists.set(list, { token, at: now });
  return token;
}

export const statusList: Handler = async (edge, request, reply) => {
  reply.headers(corsPublic);
  // §8.4: what was true at another time is not told, for it would tell outsiders of people's past.
  if (queryOf(request.url).has('time')) {
    const error_description = 'Only the present status is told. Ask without "time".';
    return reply.code(501).send({ error: 'invalid_request', error_description });
  }
  const list = statusListNumber((request.params as { list: string }).list);
  const token = list === undefined ? undefined : await latest(edge, list);
  if (token === undefined) {
    return reply.code(404).send({ error: 'not_found', error_description: 'There is no such status list.' });
  }
  return reply.header('cache-control', `public, max-age=${ttlSec}`).type(`application/${typ}`).send(token);
};

/** The aggregation (§9): the addresses of all lists. */
export const statusLists: Handler = async ({ ctx }, _request, reply) => {
  const status_lists = (await ctx.statuses.all()).map((list) => statusListAddress(ctx.issuer, list));
  return reply.headers({ ...corsPublic, 'cache-control': `public, max-age=${ttlSec}` }).send({ status_lists });
};
