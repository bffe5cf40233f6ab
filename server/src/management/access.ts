// Owns who may call: the access token of a request, and the scopes that an endpoint wants.
import { AccessTokenRefused, type PresentedToken } from '#domain/access-tokens';
import type { Context } from '#domain/context';
import { findUser } from '#domain/users';
import { ApiError } from '#protocol/api-error';
import { MissingToken } from '#protocol/bearer';
import { OAuthError } from '#protocol/oauth-error';
import type { Endpoint } from './resource.ts';

function unauthorized(message: string): ApiError {
  return new ApiError(401, message, undefined, { error: message });
}

const sentences = {
  malformed: 'Invalid token',
  expired: 'Expired token received for JSON Web Token validation',
  'wrong-audience': 'Bad audience: the access token is for another API',
  'id-token': 'Invalid token: this is an ID token, send the access token instead',
  revoked: 'The access token has been revoked',
} as const;

/** What a token that was refused is answered with. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof MissingToken) return unauthorized('Missing authentication');
  if (error instanceof AccessTokenRefused) return unauthorized(sentences[error.fault]);
  if (error instanceof OAuthError && error.code !== 'server_error') return unauthorized(error.description);
  return error;
}

/** A person who is gone or blocked calls no more, however long the token still lives. */
export async function checkPerson(ctx: Context, { sub, client_id }: PresentedToken): Promise<void> {
  if (sub === `${client_id}@clients`) return;
  const user = await findUser(ctx, sub);
  if (!user || user.blocked) throw unauthorized('The person of this token cannot sign in any more');
}

/** Throws insufficient_scope, 403, unless the token has one of the endpoint's scopes, or all where all are needed. */
export function checkScopes(
  { scopes, everyScope = false, selfScopes = [] }: Pick<Endpoint, 'scopes' | 'everyScope' | 'selfScopes'>,
  { sub, scope }: PresentedToken,
  params: Readonly<Record<string, string>>,
): void {
  const has = (wanted: string) => scope.includes(wanted);
  if (scopes.length === 0 || (everyScope ? scopes.every(has) : scopes.some(has))) return;
  const isSelf = (params['id'] ?? params['user_id']) === sub;
  if (isSelf && selfScopes.some(has)) return;
  throw new ApiError(
    403,
    `Insufficient scope, expected ${everyScope ? 'all' : 'any'} of: ${scopes.join(',')}`,
    'insufficient_scope',
  );
}
