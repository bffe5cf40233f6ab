// Owns the rules of exchanging one token for another (RFC 8693): what is asked, who acts, and how far it may go.
import type { Actor } from './actor.ts';
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { type Parameters, requireParameter } from './parameters.ts';
import type { TokenExchangePolicy } from './resource-server.ts';
import { covers } from './scope.ts';

const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;

/** RFC 8693 §3. */
export const tokenTypes = {
  accessToken: type('access_token'),
  refreshToken: type('refresh_token'),
  idToken: type('id_token'),
  jwt: type('jwt'),
} as const;

/** A token that comes with the request, and what the sender says it is. */
export interface TypedToken {
  readonly token: string;
  readonly type: string;
}

export interface ExchangeRequest {
  readonly subject: TypedToken;
  readonly actor: TypedToken | undefined;
  readonly issuedTokenType: string;
}

function typedToken(form: Parameters, name: 'subject' | 'actor', allowed: readonly string[]): TypedToken {
  const token = requireParameter(form, `${name}_token`);
  const sent = requireParameter(form, `${name}_token_type`);
  if (!allowed.includes(sent)) {
    throw invalidRequest(`The ${name}_token_type is not supported. Send one of ${allowed.join(', ')}.`);
  }
  return { token, type: sent };
}

/** Reads what is exchanged for what (RFC 8693 §2.1). Throws invalid_request. */
export function parseExchange(form: Parameters): ExchangeRequest {
  const { accessToken, refreshToken, idToken, jwt } = tokenTypes;
  const issuedTokenType = form.get('requested_token_type') ?? accessToken;
  if (issuedTokenType !== accessToken && issuedTokenType !== jwt) {
    throw invalidRequest(`The requested_token_type is not supported. Ask for ${accessToken}.`);
  }
  // RFC 8693 §2.1: a type without a token is refused like a token without a type.
  const acts = form.has('actor_token') || form.has('actor_token_type');
  return {
    subject: typedToken(form, 'subject', [accessToken, refreshToken, idToken]),
    actor: acts ? typedToken(form, 'actor', [accessToken, idToken]) : undefined,
    issuedTokenType,
  };
}

/** What the rules need to know of the token that is given in return. */
export interface Subject {
  readonly scope: readonly string[];
  /** What it was for. */
  readonly audiences: readonly string[];
  /** Who acts already. */
  readonly act: Actor | undefined;
  /** The `may_act` claim, unread (RFC 8693 §4.4). */
  readonly mayAct: unknown;
}

/** Who wants to act: the application itself, or a person who is there and has a token to show for it. */
export interface ActingParty {
  readonly sub: string;
  readonly kind: 'application' | 'person';
}

/** A longer chain is a loop. */
const mostActors = 8;

function chainLength(act: Actor | undefined): number {
  let length = 0;
  for (let actor = act; actor !== undefined && length < mostActors; actor = actor.act) length += 1;
  return length;
}

/** Whether `may_act` names the party. An application is named by its client_id or as the subject of its own tokens. */
function isNamed(mayAct: unknown, party: ActingParty, issuer: string): boolean {
  if (typeof mayAct !== 'object' || mayAct === null) return false;
  const { sub, iss = issuer } = mayAct as Record<string, unknown>;
  const names = party.kind === 'application' ? [party.sub, `${party.sub}@clients`] : [party.sub];
  return iss === issuer && names.some((name) => name === sub);
}

/**
 * Who the new token says is acting: the party, outermost of a chain; nobody where the API lets the application stand in
 * for people unseen. Throws invalid_request when the subject's token doesn't let the party act.
 */
export function actorOf(
  subject: Pick<Subject, 'act' | 'mayAct'>,
  party: ActingParty,
  { issuer, impersonation }: { readonly issuer: string; readonly impersonation: boolean },
): Actor | undefined {
  const mustBeNamed = party.kind === 'person' || subject.mayAct !== undefined;
  if (mustBeNamed && !isNamed(subject.mayAct, party, issuer)) {
    throw invalidRequest('The subject_token does not say that this party may act for its subject.');
  }
  if (impersonation && subject.act === undefined && party.kind === 'application') return undefined;
  if (chainLength(subject.act) >= mostActors) throw invalidRequest('Too many parties act for one another already.');
  return subject.act === undefined ? { sub: party.sub } : { sub: party.sub, act: subject.act };
}

export interface ScopeFacts {
  readonly subject: Pick<Subject, 'scope' | 'audiences'>;
  readonly api: { readonly identifier: string; readonly scopes: readonly { readonly value: string }[] };
  readonly policy: Pick<TokenExchangePolicy, 'scope'>;
  /** Undefined: as much as is possible. */
  readonly requested: readonly string[] | undefined;
}

/**
 * The scopes of the new token: only what the API defines, never more than the policy allows, and at an API that the old
 * token was for never more than that one had. Throws invalid_scope when more is asked for.
 */
export function exchangedScope({ subject, api, policy, requested }: ScopeFacts): readonly string[] {
  const isSameApi = subject.audiences.includes(api.identifier);
  const bounds = [policy.scope ?? subject.scope, ...(isSameApi ? [subject.scope] : [])];
  const possible = api.scopes
    .map(({ value }) => value)
    .filter((value) => bounds.every((bound) => bound.includes(value)));
  if (requested === undefined) return possible;
  if (!covers(possible, requested)) {
    throw new OAuthError('invalid_scope', 'The scope asks for more than the subject_token can be exchanged for.');
  }
  return requested;
}
