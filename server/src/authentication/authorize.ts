// Owns GET and POST /authorize: the front door (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import { connectionsOf } from '#domain/connections';
import type { Context } from '#domain/context';
import { readIdTokenHint } from '#domain/id-token-hints';
import { stepAddress } from '#domain/journey-paths';
import { gatherFacts, nextStep } from '#domain/login-flow';
import { beginTransaction, type LoginTransaction } from '#domain/login-transactions';
import { spendPushedRequest } from '#domain/pushed-requests';
import { findNamedApis } from '#domain/resource-servers';
import { findSession } from '#domain/sessions';
import { subjectFor } from '#domain/subjects';
import { tenantSettings } from '#domain/tenant-settings';
import { parametersOf, queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { userinfoAudience } from '#protocol/access-token';
import { readAuthorizationDetails, refuseUnknownTypes } from '#protocol/authorization-details';
import { checkAuthorizeRequest, unknownClient, verifyDestination } from '#protocol/authorize-checks';
import { type AuthorizeRequest, errorResponseMode, parseAuthorizeRequest } from '#protocol/authorize-request';
import { valuesOf } from '#protocol/claims-request';
import type { Client } from '#protocol/client';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import { refuseOverlong } from '#protocol/parameters';
import { type VerifiedRedirectUri, verifyRedirectUri } from '#protocol/redirect-uri';
import { sendRefusal } from './authorize-response.ts';
import { finish } from './authorize-resume.ts';
import { addressWithCookies, browserOf } from './browser.ts';
import { type Requested, requestedParameters } from './requested-parameters.ts';
import { callerOf, type Edge } from './route.ts';

/** What the application registered for requests that don't say it (OpenID Connect Registration §2). */
function defaultsOf({ default_max_age, default_acr_values }: Client): Pick<AuthorizeRequest, 'max_age' | 'acr_values'> {
  return {
    ...(default_max_age === undefined ? {} : { max_age: default_max_age }),
    ...(default_acr_values === undefined ? {} : { acr_values: default_acr_values }),
  };
}

/** Whom the application speaks of, by an ID token or by the claim sub (OpenID Connect Core §5.5.1): one person. */
async function expectedSubject(
  ctx: Context,
  client: Client,
  { claims }: AuthorizeRequest,
  hint: string | undefined,
): Promise<string | undefined> {
  const hinted = hint === undefined ? undefined : subjectFor(ctx, client, (await readIdTokenHint(ctx, hint)).user_id);
  const claimed = valuesOf(claims?.id_token?.['sub']) ?? valuesOf(claims?.userinfo?.['sub']) ?? [];
  const [wanted = hinted, ...others] = claimed;
  if (others.length > 0 || (hinted !== undefined && wanted !== hinted)) {
    throw invalidRequest('The request speaks of several persons: in the id_token_hint and in the claim sub.');
  }
  if (wanted === undefined || typeof wanted === 'string') return wanted;
  throw invalidRequest('The claim sub must be asked for as a text.');
}

function modeOf({ screen_hint, prompt }: AuthorizeRequest): LoginTransaction['mode'] {
  return screen_hint === 'signup' || prompt.includes('create') ? 'signup' : 'login';
}

/** Reads and judges the request, and freezes it. Throws OAuthError for what goes back to the application. */
export async function acceptRequest(
  { ctx }: Pick<Edge, 'ctx'>,
  client: Client,
  redirectUri: VerifiedRedirectUri,
  { parameters, provenance, pushed }: Requested,
): Promise<LoginTransaction> {
  const { id_token_hint, ...parsed } = parseAuthorizeRequest(parameters, redirectUri, client);
  const asked = { ...defaultsOf(client), ...parsed };
  const { default_audience } = await tenantSettings(ctx);
  const audience = asked.audience ?? (default_audience || undefined);
  const named = { ...asked, ...(audience === undefined ? {} : { audience }) };
  const apis = await findNamedApis(ctx, named);
  const details = readAuthorizationDetails(parameters.get('authorization_details'));
  if (details) refuseUnknownTypes(details, apis);
  const request: AuthorizeRequest = { ...named, ...(details && { authorization_details: details }) };
  checkAuthorizeRequest({
    request,
    client,
    provenance,
    apis,
    userinfoAudience: userinfoAudience(ctx.issuer),
    connections: (await connectionsOf(ctx, client)).map((connection) => connection.name),
  });
  const expected = await expectedSubject(ctx, client, request, id_token_hint);
  return {
    journey: 'login',
    request,
    mode: modeOf(request),
    ...(pushed === undefined ? {} : { pushed }),
    ...(expected === undefined ? {} : { expected }),
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

/** Sends a refusal to a proved address, as the request asked. A pushed request is used up by it. */
async function refuse(
  edge: Edge,
  reply: FastifyReply,
  client: Client,
  { parameters, pushed, redirectUri }: Omit<Requested, 'provenance'> & { readonly redirectUri: VerifiedRedirectUri },
  error: unknown,
): Promise<FastifyReply> {
  if (!(error instanceof OAuthError)) throw error;
  if (pushed !== undefined) await spendPushedRequest(edge.ctx, edge.ctx.database.queries, pushed);
  const response_mode = errorResponseMode(parameters, redirectUri, client);
  const destination = { redirect_uri: redirectUri, response_mode, state: parameters.get('state') };
  return sendRefusal(edge, reply, client, destination, error);
}

/** Throws OAuthError, shown on a page of ours, until the redirect URI is proved; from then on refusals go back to it. */
export async function authorize(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const sent = request.method === 'POST' ? parametersOf(request.body) : queryOf(request.url);
  const client = (await findClient(edge.ctx, sent.get('client_id') ?? '')) ?? unknownClient(sent);
  let requested: Requested;
  try {
    requested = await requestedParameters(edge.ctx, client, sent);
  } catch (error) {
    const redirectUri = verifyRedirectUri(sent.get('redirect_uri') ?? '', client);
    if (redirectUri === undefined) throw error;
    refuseOverlong('state', sent.get('state') ?? '');
    return refuse(edge, reply, client, { parameters: sent, redirectUri }, error);
  }
  const redirectUri = verifyDestination(requested.parameters, client);
  let transaction: LoginTransaction;
  try {
    transaction = await acceptRequest(edge, client, redirectUri, requested);
  } catch (error) {
    return refuse(edge, reply, client, { ...requested, redirectUri }, error);
  }
  const again = addressWithCookies(edge, request, '/authorize', sent);
  if (again !== undefined) return reply.headers(noStore).redirect(again, 303);
  return begin(edge, request, reply, client, transaction);
}
