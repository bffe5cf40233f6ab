// Owns GET /gateway/verify: what a gateway asks before it lets a request through (nginx auth_request, Traefik and Caddy forward-auth, Envoy ext_authz).
import type { FastifyRequest } from 'fastify';
import {
  type AccessTokenFault,
  AccessTokenRefused,
  type PresentedToken,
  verifyAccessTokenHere,
} from '#domain/access-tokens';
import { useProofHere, verifyProof } from '#domain/dpop';
import { queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { MissingToken, presentedAccessToken, RefusedToken, type TokenScheme } from '#protocol/bearer';
import { invalidProof } from '#protocol/dpop';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import { parseScope } from '#protocol/scope';
import { sendOAuthError } from './error-response.ts';
import type { Edge, Handler } from './route.ts';

const sentences: Readonly<Record<AccessTokenFault, string>> = {
  malformed: 'This is no access token of this issuer.',
  expired: 'The access token has expired.',
  'wrong-audience': 'The access token is for another API.',
  'id-token': 'This is an ID token; send the access token.',
  revoked: 'The access token has been revoked.',
};

/** For so long a gateway is answered while the database is gone; the verifiers' own measure. */
const mostStaleMs = 30_000;

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Whether the gateway passes on the path and method of the client's request as they are, as Envoy does. */
const isPassedOn = ({ routeOptions }: FastifyRequest) => routeOptions.url?.endsWith('*') === true;

/**
 * The request that the gateway was sent: the one that came here, or what is told of it in headers. Those are of one family
 * that each such gateway sets itself, so that no client can say that it called another address than it did.
 */
function originalRequest(request: FastifyRequest): { method: string; address: string } {
  const header = (name: string) => textOf(request.headers[`x-forwarded-${name}`]);
  const { host = '' } = request.headers;
  const proto = header('proto') ?? 'https';
  if (isPassedOn(request)) {
    return { method: request.method, address: `${proto}://${host}${request.url.slice('/gateway/verify'.length)}` };
  }
  const address = `${proto}://${header('host') ?? host}${header('uri') ?? '/'}`;
  return { method: header('method') ?? request.method, address };
}

async function provePossession(
  { ctx }: Edge,
  request: FastifyRequest,
  { scheme, token }: { scheme: TokenScheme; token: string },
  { confirmation }: PresentedToken,
): Promise<void> {
  const { jkt, 'x5t#S256': certificate } = confirmation ?? {};
  // Who ends the client's TLS is the gateway, and what it says of certificates differs from one to the next.
  if (certificate !== undefined)
    throw new OAuthError('invalid_token', 'Tokens that are bound to a certificate cannot be checked here.');
  if (jkt === undefined && scheme === 'Bearer') return;
  if (jkt === undefined)
    throw new OAuthError('invalid_token', 'The access token is not bound to a key. Send it as Bearer.');
  if (scheme === 'Bearer')
    throw new OAuthError('invalid_token', 'The access token is bound to a key. Send it as DPoP, with a proof.');
  const { dpop } = request.headers;
  if (dpop === undefined) throw invalidProof('is missing: this access token is bound to a key');
  const { method, address } = originalRequest(request);
  const expected = { method, endpoints: [address], accessToken: token, needsNonce: false };
  const proof = verifyProof(ctx, String(dpop), expected);
  if (proof.jkt !== jkt) throw new OAuthError('invalid_token', 'The access token is bound to another key.');
  await useProofHere(ctx, proof);
}

async function verified(edge: Edge, request: FastifyRequest, audience: string): Promise<PresentedToken> {
  const presented = presentedAccessToken(request.headers.authorization, new Map());
  const token = await verifyAccessTokenHere(edge.ctx, presented.token, audience).catch((error: unknown) => {
    if (error instanceof AccessTokenRefused) throw new OAuthError('invalid_token', sentences[error.fault]);
    throw error;
  });
  await provePossession(edge, request, presented, token).catch((error: unknown) => {
    throw error instanceof OAuthError ? new RefusedToken(error, presented.scheme) : error;
  });
  return token;
}

interface Wanted {
  readonly audience: string | undefined;
  readonly scope: string | undefined;
  readonly permission: string | undefined;
}

/**
 * What the gateway wants to know: in the query of its own address; or, where path and query are those of the client's
 * request (Envoy), in headers that the gateway sets, whatever the client sent.
 */
function wantedBy(request: FastifyRequest): Wanted {
  if (isPassedOn(request)) {
    const header = (name: string) => textOf(request.headers[name]);
    const [scope, permission] = [header('warifu-needed-scope'), header('warifu-needed-permission')];
    return { audience: header('warifu-audience'), scope, permission };
  }
  const query = queryOf(request.url);
  return { audience: query.get('audience'), scope: query.get('scope'), permission: query.get('permission') };
}

const namesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Throws insufficient_scope. */
function checkRights({ scope, claims }: PresentedToken, wanted: Wanted): void {
  const lacking = [
    ...parseScope(wanted.scope).filter((name) => !scope.includes(name)),
    ...parseScope(wanted.permission).filter((name) => !namesOf(claims['permissions']).includes(name)),
  ];
  if (lacking.length > 0)
    throw new OAuthError('insufficient_scope', `The access token does not allow ${lacking.join(' ')}.`);
}

/** Anything but visible ASCII is percent-encoded, as in an address. */
const headerText = (text: string) => text.replace(/[^\x21-\x7e ]|%/g, (each) => encodeURIComponent(each));

/** Each of them is there in any case, be it empty: so what a client sent under its name never gets through. */
function identityHeaders({ claims, client_id, scope, sid }: PresentedToken): Record<string, string> {
  return {
    'warifu-subject': headerText(String(claims['sub'])),
    'warifu-client': headerText(client_id),
    'warifu-scope': scope.join(' '),
    'warifu-permissions': headerText(namesOf(claims['permissions']).join(' ')),
    'warifu-session': sid ?? '',
    'warifu-claims': Buffer.from(JSON.stringify(claims)).toString('base64url'),
  };
}

/** nginx takes 401 and 403 for refusals, and all else for a failure of ours. */
function refusalFor(error: unknown): unknown {
  if (!(error instanceof OAuthError) || error.status === 403 || error instanceof MissingToken) return error;
  return error.status === 401 ? error : new RefusedToken(error, 'Bearer');
}

/**
 * Answers 200 with what the token says in headers, or 401 or 403. `audience` is the API's identifier; `scope` and
 * `permission` what is needed, all of it, separated by spaces.
 */
export const gatewayVerify: Handler = async (edge, request, reply) => {
  const wanted = wantedBy(request);
  const { audience } = wanted;
  if (audience === undefined)
    throw invalidRequest(
      'Say for which API: /gateway/verify?audience=<its identifier>, or below /gateway/verify/ the header Warifu-Audience.',
    );
  if (edge.ctx.revocations.staleness > mostStaleMs) {
    throw new OAuthError(
      'temporarily_unavailable',
      'What was revoked lately is not known at this moment. Try again soon.',
    );
  }
  try {
    const token = await verified(edge, request, audience);
    checkRights(token, wanted);
    return reply.headers({ ...noStore, ...identityHeaders(token) }).send();
  } catch (error) {
    const refusal = refusalFor(error);
    if (!(refusal instanceof OAuthError)) throw refusal;
    return sendOAuthError(reply, refusal);
  }
};
