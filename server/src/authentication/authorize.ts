// Owns GET and POST /authorize: the front door (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import { connectionsOf } from '#domain/connections';
import { readIdTokenHint } from '#domain/id-token-hints';
import { stepAddress } from '#domain/journey-paths';
import { gatherFacts, nextStep } from '#domain/login-flow';
import { beginTransaction, type LoginTransaction } from '#domain/login-transactions';
import { findResourceServer } from '#domain/resource-servers';
import { findSession } from '#domain/sessions';
import { tenantSettings } from '#domain/tenant-settings';
import { parametersOf, queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { userinfoAudience } from '#protocol/access-token';
import { checkAuthorizeRequest, verifyDestination } from '#protocol/authorize-checks';
import { errorResponseMode, parseAuthorizeRequest } from '#protocol/authorize-request';
import type { Client } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import type { VerifiedRedirectUri } from '#protocol/redirect-uri';
import { sendRefusal } from './authorize-response.ts';
import { finish } from './authorize-resume.ts';
import { addressWithCookies, browserOf } from './browser.ts';
import { callerOf, type Edge } from './route.ts';

/** Reads and judges the request, and freezes it. Throws OAuthError for what goes back to the application. */
async function acceptRequest(
  { ctx }: Edge,
  parameters: Parameters,
  client: Client,
  redirectUri: VerifiedRedirectUri,
): Promise<LoginTransaction> {
  const { id_token_hint, ...asked } = parseAuthorizeRequest(parameters, redirectUri);
  const { default_audience } = await tenantSettings(ctx);
  const request = asked.audience === undefined && default_audience ? { ...asked, audience: default_audience } : asked;
  checkAuthorizeRequest({
    request,
    client,
    api: request.audience === undefined ? undefined : await findResourceServer(ctx, request.audience),
    userinfoAudience: userinfoAudience(ctx.issuer),
    connections: (await connectionsOf(ctx, client)).map((connection) => connection.name),
  });
  return {
    journey: 'login',
    request,
    mode: request.screen_hint === 'signup' ? 'signup' : 'login',
    ...(id_token_hint === undefined ? {} : { expected: readIdTokenHint(ctx, id_token_hint).sub }),
  };
}

/** Goes straight to the end when nothing must be asked, else stores the sign-in and shows the first screen. */
async function begin(
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  client: Client,
  transaction: LoginTransaction,
): Promise<FastifyReply> {
  const { ctx, cookies } = edge;
  const session = await findSession(ctx, cookies.read(request.headers.cookie, 'session'));
  const facts = await gatherFacts(ctx, client, transaction, session);
  const step = nextStep(transaction, facts);
  if (step.kind === 'complete' || step.kind === 'refuse') {
    return finish(edge, reply, { step, transaction, facts, id: undefined, caller: callerOf(request) });
  }
  const id = await beginTransaction(ctx, browserOf(edge, request, reply), transaction);
  return reply.headers(noStore).redirect(stepAddress(step, transaction, id), 303);
}

/** Throws OAuthError, shown on a page of ours, until the redirect URI is proved; from then on refusals go back to it. */
export async function authorize(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const parameters = request.method === 'POST' ? parametersOf(request.body) : queryOf(request.url);
  const client = await findClient(ctx, parameters.get('client_id') ?? '');
  const redirectUri = verifyDestination(parameters, client);
  const application = client as Client;
  let transaction: LoginTransaction;
  try {
    transaction = await acceptRequest(edge, parameters, application, redirectUri);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const response_mode = errorResponseMode(parameters, redirectUri, application);
    const destination = { redirect_uri: redirectUri, response_mode, state: parameters.get('state') };
    return sendRefusal(reply, ctx.issuer, destination, error);
  }
  const again = addressWithCookies(edge, request, '/authorize', parameters);
  if (again !== undefined) return reply.headers(noStore).redirect(again, 303);
  return begin(edge, request, reply, application, transaction);
}
