// Owns GET and POST /userinfo: claims about the person of an access token (OpenID Connect Core §5.3).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUuid } from '#crypto/random';
import { AccessTokenRefused, type PresentedToken, verifyAccessToken } from '#domain/access-tokens';
import { encryptAnswer, protectAnswer, registeredEncryption } from '#domain/answers';
import { findClient } from '#domain/clients';
import { findUser } from '#domain/users';
import { parametersOf } from '#http/form';
import { noStore } from '#http/headers';
import { userinfoAudience } from '#protocol/access-token';
import { presentedAccessToken } from '#protocol/bearer';
import { type Claims, profileClaims } from '#protocol/claims';
import { type Client, isFapi } from '#protocol/client';
import { isStandard } from '#protocol/compliance';
import { OAuthError } from '#protocol/oauth-error';
import { corsForAnyClient } from './origins.ts';
import { verifyPossession } from './proof-of-possession.ts';
import type { Edge } from './route.ts';

const sentences = {
  malformed: 'The access token is not valid.',
  expired: 'The access token has expired.',
  'wrong-audience': 'The access token is for another API. Ask for the scope openid to use it here.',
  'id-token': 'This is an ID token: it tells the application who signed in. Send the access token instead.',
  revoked: 'The access token has been revoked.',
} as const;

async function verify({ ctx }: Edge, presented: string): Promise<PresentedToken> {
  try {
    return await verifyAccessToken(ctx, presented, userinfoAudience(ctx.issuer));
  } catch (error) {
    if (error instanceof AccessTokenRefused) throw new OAuthError('invalid_token', sentences[error.fault]);
    throw error;
  }
}

/** The claims that the application asked for one by one, which its token remembers (OpenID Connect Core §5.5). */
function wantedOf({ claims }: PresentedToken): Record<string, true> {
  const names = claims['userinfo_claims'];
  return Array.isArray(names) ? Object.fromEntries(names.map((name) => [name, true])) : {};
}

/** The claims as the application registered to be told them; undefined: as they are (OpenID Connect Core §5.3.2). */
async function protectedClaims({ ctx }: Edge, client: Client, claims: Claims): Promise<string | undefined> {
  const {
    userinfo_signed_response_alg: alg,
    userinfo_encrypted_response_alg,
    userinfo_encrypted_response_enc,
  } = client;
  const encryption = registeredEncryption(userinfo_encrypted_response_alg, userinfo_encrypted_response_enc);
  if (alg === undefined) return encryption && encryptAnswer(ctx, client, JSON.stringify(claims), encryption);
  const addressed = { ...claims, iss: ctx.issuer, aud: client.client_id };
  return protectAnswer(ctx, client, addressed, { alg, encryption });
}

const interactionIdHeader = 'x-fapi-interaction-id';

/** The id under which both sides log a request: the application's, or a new one (FAPI 1.0 Baseline §6.2.1). */
function interactionId(sent: unknown): string {
  return typeof sent === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(sent) ? sent : randomUuid();
}

export async function userinfo(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const form = request.method === 'POST' ? parametersOf(request.body) : new Map<string, string>();
  if (request.headers.origin !== undefined) reply.headers(await corsForAnyClient(ctx, request.headers.origin));
  const presented = presentedAccessToken(request.headers.authorization, form);
  const verified = await verify(edge, presented.token);
  await verifyPossession(edge, request, reply, presented, verified);
  const { sub, scope, client_id } = verified;
  // OpenID Connect Core §5.3: without openid nobody was asked to be identified. An opaque token may be such a one.
  if (!scope.includes('openid')) throw new OAuthError('invalid_token', sentences['wrong-audience']);
  const user = await findUser(ctx, sub);
  if (!user || user.blocked) throw new OAuthError('invalid_token', 'The person of this token cannot sign in any more.');
  const client = await findClient(ctx, client_id);
  if (!client) throw new OAuthError('invalid_token', 'The application of this token is not registered any more.');
  const style = isStandard(client) ? 'standard' : 'auth0';
  // What its ID token told, too (OpenID Connect Core §5.3.2).
  const claims = { sub: verified.claims['sub'], ...profileClaims(user, scope, wantedOf(verified), style) };
  const jwt = await protectedClaims(edge, client, claims);
  reply.headers(noStore);
  if (isFapi(client)) reply.header(interactionIdHeader, interactionId(request.headers[interactionIdHeader]));
  return jwt === undefined ? reply.send(claims) : reply.type('application/jwt').send(jwt);
}
