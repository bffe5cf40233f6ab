import { acrOf, isUnmet } from '#protocol/acr';
import type { AuthorizationDetail } from '#protocol/authorization-details';
import { scopesOfClaims } from '#protocol/claims';
import type { Client } from '#protocol/client';
import { OAuthError, type OAuthErrorCode } from '#protocol/oauth-error';
import { needsFreshSignIn } from '#protocol/prompt';
import type { ResourceServer } from '#protocol/resource-server';
import { gives } from '#protocol/response-type';
import { covers, grantableScopes } from '#protocol/scope';
import { userAccess } from './api-access.ts';
import { connectionsOf } from './connections.ts';
import { consentedTo } from './consents.ts';
import type { Context } from './context.ts';
import { type DecoupledRequest, findPendingRequest } from './decoupled-requests.ts';
import { canonicalEmail } from './email-address.ts';
import type { LoginTransaction } from './login-transactions.ts';
import { findNamedApis } from './resource-servers.ts';
import type { Proof, Session } from './sessions.ts';
import { subjectFor } from './subjects.ts';
import { findUser } from './users.ts';

/** What is shown and checked of the person at hand. */
export interface Person {
  readonly user_id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly picture: string | null;
  readonly blocked: boolean;
}

/** All that the decision depends on. */
export interface FlowFacts {
  readonly client: Client;
  /** How far the revocation feed had come before they were gathered. */
  readonly position: number;
  /** The API that tokens are for, unless the token request picks another of them. */
  readonly api: ResourceServer | undefined;
  /** All that the request names. */
  readonly apis: readonly ResourceServer[];
  /** The scopes that can be granted of those that were asked for. */
  readonly scope: readonly string[];
  /** What the person is asked to allow: these scopes, and those of the claims that are asked for one by one. */
  readonly permissions: readonly string[];
  /** Why the application may not use the API on behalf of people. */
  readonly refusal: OAuthError | undefined;
  readonly session: Session | undefined;
  /** The names of the connections that the application may use. */
  readonly connections: readonly string[];
  /** Whose sign-in it is, once that is known. */
  readonly person: Person | undefined;
  /** What the person at hand allowed this application before; undefined when they were not asked, or need not be. */
  readonly consented: readonly string[] | undefined;
  /** The request made elsewhere that the sign-in is to decide on, while it can be decided. */
  readonly approval: DecoupledRequest | undefined;
  /** What is asked for in the API's own terms, by the request or by the one made elsewhere. */
  readonly details: readonly AuthorizationDetail[] | undefined;
  /** What the application knows a person by. */
  readonly toldAs: (userId: string) => string;
  readonly now: number;
}

declare const proved: unique symbol;

/** Made by nextStep alone, when everything was proved that had to be. */
export interface Completion {
  readonly [proved]: true;
  readonly subject: Proof;
  /** Whether the person proved who they are in this transaction, or came with a session. */
  readonly fresh: boolean;
  readonly scope: readonly string[];
}

export type Step =
  | { readonly kind: 'authenticate' }
  | { readonly kind: 'select-account' }
  | { readonly kind: 'consent' }
  | { readonly kind: 'approve' }
  | { readonly kind: 'refuse'; readonly error: OAuthError }
  | { readonly kind: 'complete'; readonly completion: Completion };

/** What the person answers who doesn't want to go on as who they are signed in as. No user_id looks like it. */
export const anotherAccount = 'another';

type Circumstances = Pick<FlowFacts, 'session' | 'connections' | 'toldAs' | 'now'>;

/**
 * Whether the session answers the request: it is fresh enough (OpenID Connect Core §3.1.2.1: max_age, prompt=login),
 * and was begun by a connection that the application may use, the one it asks for if it asks for one.
 */
function sessionServes(tx: LoginTransaction, session: Session, { connections, toldAs, now }: Circumstances): boolean {
  const { prompt, max_age, connection = session.connection } = tx.request;
  if (needsFreshSignIn(prompt) || tx.account === anotherAccount) return false;
  if (tx.expected !== undefined && tx.expected !== toldAs(session.user_id)) return false;
  // Who typed an address is never let in as somebody else who signed in meanwhile, in another tab.
  if (tx.identifier !== undefined && canonicalEmail(tx.identifier) !== session.user.email) return false;
  if (connection !== session.connection || !connections.includes(connection)) return false;
  // Less, not as much: max_age=0 asks for a new sign-in even within the same millisecond.
  return max_age === undefined || now - session.authenticated_at < max_age * 1000;
}

/** Whose sign-in this is: proved here, or known by a session that serves. */
function subjectOf(tx: LoginTransaction, at: Circumstances): Proof | undefined {
  return tx.proof ?? (at.session && sessionServes(tx, at.session, at) ? at.session : undefined);
}

/** Whether the person has yet to say as whom to go on. An answer about one person's session is none about another's. */
function mustSelectAccount(tx: LoginTransaction, { session }: FlowFacts): boolean {
  if (tx.proof || !session || !tx.request.prompt.includes('select_account')) return false;
  return tx.account !== anotherAccount && tx.account !== session.user_id;
}

/** What the person has yet to allow: a request made elsewhere always, an application as far as it is not known. */
function mustAllow(tx: LoginTransaction, subject: Proof, facts: FlowFacts): 'approve' | 'consent' | undefined {
  if (tx.consented_by === subject.user_id) return undefined;
  if (tx.purpose?.kind === 'approve') return 'approve';
  return needsConsent(tx, facts) ? 'consent' : undefined;
}

function needsConsent(tx: LoginTransaction, facts: FlowFacts): boolean {
  // What is asked for in an API's own terms is for the person to see, each time (RFC 9396 §10).
  if (tx.request.prompt.includes('consent') || tx.request.authorization_details) return true;
  if (facts.client.is_first_party) return false;
  // Who asks for no scope asks for an access token all the same.
  return facts.consented === undefined || !covers(facts.consented, facts.permissions);
}

function refuse(code: OAuthErrorCode, sentence: string): Step {
  return { kind: 'refuse', error: new OAuthError(code, sentence) };
}

/** Why the person at hand is no answer to the request, whatever they allow. */
function refusedPerson(tx: LoginTransaction, subject: Proof, person: Person, { toldAs }: FlowFacts): Step | undefined {
  // OpenID Connect Core §3.1.2.1: an error, when somebody else signed in than the id_token_hint speaks of.
  const { expected, request } = tx;
  if (expected !== undefined && expected !== toldAs(subject.user_id)) {
    return refuse('login_required', 'Somebody else logged in than the id_token_hint speaks of');
  }
  if (person.blocked) return refuse('unauthorized', 'user is blocked');
  if (!isUnmet(request.claims?.id_token?.['acr'], acrOf(subject.methods))) return undefined;
  return refuse('unmet_authentication_requirements', 'The requested authentication context (acr) cannot be reached.');
}

/**
 * Says what comes next, from what is stored and nothing else: no screen names the next screen, and no screen can be
 * skipped. With prompt=none whatever would need the person is a refusal (OpenID Connect Core §3.1.2.6).
 */
export function nextStep(tx: LoginTransaction, facts: FlowFacts): Step {
  const silent = tx.request.prompt.includes('none');
  if (facts.refusal) return { kind: 'refuse', error: facts.refusal };
  if (tx.denied) return refuse('access_denied', 'User did not authorize the request');
  if (tx.purpose?.kind === 'approve' && !facts.approval) {
    return refuse('access_denied', 'The request was decided already, or has expired');
  }
  if (mustSelectAccount(tx, facts)) return { kind: 'select-account' };
  const subject = subjectOf(tx, facts);
  if (!subject || !facts.person) {
    return silent ? refuse('login_required', 'Login required') : { kind: 'authenticate' };
  }
  const refused = refusedPerson(tx, subject, facts.person, facts);
  if (refused) return refused;
  const allow = mustAllow(tx, subject, facts);
  if (allow) return silent ? refuse('consent_required', 'Consent required') : { kind: allow };
  const completion = { subject, fresh: tx.proof !== undefined, scope: facts.scope } as Completion;
  return { kind: 'complete', completion };
}

/** What all the APIs of a request allow together. */
async function accessTo(
  ctx: Context,
  client: Client,
  apis: readonly ResourceServer[],
  { user_id, scope, mayRefresh }: { user_id: string | undefined; scope: readonly string[]; mayRefresh: boolean },
): Promise<readonly string[] | OAuthError> {
  const allowed = new Set<string>();
  for (const api of apis.length === 0 ? [undefined] : apis) {
    const access = await userAccess(ctx, client, api, { user_id, scope: grantableScopes(scope, { api, mayRefresh }) });
    if (access instanceof OAuthError) return access;
    for (const name of access.scope) allowed.add(name);
  }
  return scope.filter((name) => allowed.has(name));
}

/** Gathers the facts that nextStep decides on. */
export async function gatherFacts(
  ctx: Context,
  client: Client,
  tx: LoginTransaction,
  session: Session | undefined,
): Promise<FlowFacts> {
  const { request } = tx;
  const now = ctx.now();
  const { position } = ctx.revocations;
  const apis = await findNamedApis(ctx, request);
  // OpenID Connect Core §11: offline access comes of a code alone.
  const mayRefresh = client.grant_types.includes('refresh_token') && gives(request.response_type, 'code');
  const connections = (await connectionsOf(ctx, client)).map(({ name }) => name);
  const toldAs = (userId: string) => subjectFor(ctx, client, userId);
  const subject = subjectOf(tx, { session, connections, toldAs, now });
  const { user_id } = subject ?? {};
  const access = await accessTo(ctx, client, apis, { user_id, scope: request.scope, mayRefresh });
  const scope = access instanceof OAuthError ? [] : access;
  const permissions = [...new Set([...scope, ...scopesOfClaims(request.claims)])];
  const mustAsk = user_id !== undefined && !client.is_first_party;
  const approval = tx.purpose?.kind === 'approve' ? await findPendingRequest(ctx, tx.purpose.request_id) : undefined;
  return {
    client,
    position,
    api: apis.find(({ identifier }) => identifier === request.audience),
    apis,
    scope,
    permissions,
    refusal: access instanceof OAuthError ? access : undefined,
    session,
    connections,
    person: subject && (await findPerson(ctx, subject, session)),
    consented: mustAsk
      ? await consentedTo(ctx, { user_id, client_id: client.client_id, apis, permissions })
      : undefined,
    approval,
    details: approval?.authorization_details ?? tx.request.authorization_details,
    toldAs,
    now,
  };
}

/** The person of a proof; undefined when they were deleted meanwhile. */
async function findPerson(ctx: Context, subject: Proof, session: Session | undefined): Promise<Person | undefined> {
  if (session?.user_id === subject.user_id) return { user_id: session.user_id, ...session.user };
  return findUser(ctx, subject.user_id);
}
