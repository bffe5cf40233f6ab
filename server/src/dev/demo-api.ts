// Owns the demo API: one protected resource, and every way of being refused by it (RFC 6750 §3).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AccessTokenFault, AccessTokenRefused } from '#domain/access-tokens';
import { noStore } from '#http/headers';
import { guards } from './layout.ts';
import type { DemoCaller, DevOptions } from './options.ts';

const requiredScope = 'read:demo';

/** The sentences go into a header too, so they are ASCII without quotation marks (RFC 6750 §3). */
const sentences: Record<AccessTokenFault, string> = {
  'id-token': 'This is an ID token: it tells the application who signed in. Send the access token instead.',
  expired: 'The access token has expired. Get a new one with the refresh token, or sign in again.',
  'wrong-audience': 'The access token is for another API. Ask for one with the audience of this API.',
  revoked: 'The access token has been taken back. Sign in again.',
  malformed: 'The access token is not valid: it is malformed, or its signature or issuer is not the one expected.',
};

/** The token of an `Authorization: Bearer …` header (RFC 6750 §2.1); the scheme's case doesn't matter (RFC 9110 §11.1). */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

function refuse(
  reply: FastifyReply,
  status: 401 | 403,
  error: string,
  description: string,
  more: Record<string, string>,
): FastifyReply {
  const scope = more.scope ? `, scope="${more.scope}"` : '';
  return reply
    .code(status)
    .header('www-authenticate', `Bearer realm="demo", error="${error}", error_description="${description}"${scope}`)
    .send({ error, error_description: description, ...more });
}

/** `GET /demo/api/hello`: answers `{ message, sub, scope }` to an access token with the scope `read:demo`. */
export function demoApi(verifyAccessToken: DevOptions['verifyAccessToken']) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.headers({ ...guards, ...noStore });
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) {
      // RFC 6750 §3.1: a request without any token gets the bare challenge, no error code.
      return reply.code(401).header('www-authenticate', 'Bearer realm="demo"').send({
        message: 'This API needs an access token. Send it in the header: Authorization: Bearer <access token>.',
      });
    }

    let presented: DemoCaller;
    try {
      presented = await verifyAccessToken(token);
    } catch (error) {
      if (!(error instanceof AccessTokenRefused)) throw error;
      return refuse(reply, 401, 'invalid_token', sentences[error.fault], { reason: error.fault });
    }

    const { sub, scope, confirmation } = presented;
    // RFC 9449 §7.1: who stole it would send it just so.
    if (confirmation) {
      const description = 'The access token is bound to a key, and this API takes only tokens that are not.';
      return refuse(reply, 401, 'invalid_token', description, { reason: 'bound' });
    }
    if (!scope.includes(requiredScope)) {
      const description = `The access token lacks the scope ${requiredScope}. Ask for it when signing in.`;
      return refuse(reply, 403, 'insufficient_scope', description, { reason: 'scope', scope: requiredScope });
    }
    return reply.send({ message: 'Hello! Your access token was accepted.', sub, scope: scope.join(' ') });
  };
}
