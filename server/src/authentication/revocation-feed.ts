// Owns GET /revocations: the revocation feed in signed pages (docs/revocation-feed.md).

import { signJwt } from '#crypto/jwt';
import type { Context } from '#domain/context';
import type { FeedPage } from '#domain/revocation-feed';
import { queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { admitReader, positionFrom } from './revocation-readers.ts';
import type { Edge, Handler } from './route.ts';

const typ = 'revocations+jwt';
const lifetimeSec = 60;
/** A page is signed once for all who ask for it within this time. */
const reusedMs = 15_000;
const mostKept = 16;

/** `[fingerprint, expires (epoch seconds), position]` each. */
export function toldFacts(facts: FeedPage['facts']): readonly (readonly [string, number, number])[] {
  return facts.map(({ fingerprint, expires_at, position }) => [fingerprint, Math.ceil(expires_at / 1000), position]);
}

interface SignedPage {
  readonly jwt: Promise<string>;
  readonly signedAt: number;
}

const kept = new WeakMap<Edge, Map<string, SignedPage>>();

async function sign(ctx: Context, after: number, { position, complete, facts }: FeedPage): Promise<string> {
  const iat = Math.floor(ctx.now() / 1000);
  const claims = { iss: ctx.issuer, iat, exp: iat + lifetimeSec, after, position, complete, revoked: toldFacts(facts) };
  return signJwt(claims, await ctx.keys.signer('RS256'), typ);
}

async function signedPage(edge: Edge, after: number): Promise<string> {
  const { ctx } = edge;
  const page = await ctx.revocations.page(after);
  const pages = kept.get(edge) ?? new Map<string, SignedPage>();
  kept.set(edge, pages);
  const name = `${after} ${page.position}`;
  const known = pages.get(name);
  if (known && ctx.now() - known.signedAt < reusedMs) return known.jwt;
  const fresh = { jwt: sign(ctx, after, page), signedAt: ctx.now() };
  pages.delete(name);
  // Oldest first.
  if (pages.size >= mostKept) pages.delete(pages.keys().next().value as string);
  pages.set(name, fresh);
  return fresh.jwt;
}

export const revocationFeed: Handler = async (edge, request, reply) => {
  await admitReader(edge, request);
  const page = await signedPage(edge, positionFrom(queryOf(request.url).get('after')));
  return reply.headers(noStore).type(`application/${typ}`).send(page);
};
