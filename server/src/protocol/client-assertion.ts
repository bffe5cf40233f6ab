// Owns client assertions: JWTs by which applications prove who they are (RFC 7521 §4.2, RFC 7523 §3).
import { type CredentialsReader, invalidClient } from './client-auth.ts';
import { readObject } from './json-text.ts';
import { invalidRequest, OAuthError } from './oauth-error.ts';

/** The only client_assertion_type that there is (RFC 7523 §2.2). */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What assertions may be signed with, by method. */
export const assertionAlgorithms = {
  client_secret_jwt: ['HS256', 'HS384', 'HS512'],
  private_key_jwt: [
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ],
} as const;

/** What FAPI 2.0 leaves of them (Security Profile §5.4.1). */
export const fapiAlgorithms: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** A refusal that says what is wrong with an assertion that the application itself has signed. */
export function invalidAssertion(what: string): OAuthError {
  return new OAuthError('invalid_client', `Client authentication failed. The client_assertion ${what}.`, what);
}

/** The `sub` of an assertion that nobody has checked yet: to learn whose keys to check it with. */
function claimedSubject(assertion: string): string | undefined {
  const [, body = ''] = assertion.split('.');
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const claims = readObject(new TextDecoder().decode(bytes));
    const subject = typeof claims === 'object' ? claims.members['sub'] : undefined;
    return typeof subject === 'string' && !subject.includes('\0') ? subject : undefined;
  } catch {
    return undefined;
  }
}

/** Reads an assertion off a form. Throws invalid_request, and invalid_client when it doesn't say whose it is. */
export const readAssertion: CredentialsReader = (_authorization, form) => {
  const client_assertion = form.get('client_assertion');
  if (client_assertion === undefined) {
    if (form.has('client_assertion_type')) throw invalidRequest('Missing required parameter: client_assertion');
    return undefined;
  }
  if (form.get('client_assertion_type') !== clientAssertionType) {
    throw invalidRequest(`The client_assertion_type must be "${clientAssertionType}".`);
  }
  const client_id = claimedSubject(client_assertion);
  if (client_id === undefined) throw invalidClient('an assertion without a subject');
  // RFC 7521 §4.2: named twice, it must be the same application.
  if ((form.get('client_id') ?? client_id) !== client_id) throw invalidClient('client_id and sub differ');
  return { client_id, client_assertion };
};

/** Seconds that the application's clock may be off by, and that its assertions may at most live. */
export const assertionSkewSec = 60;
const longestLifeSec = 300;

export interface AssertionExpectation {
  readonly client_id: string;
  /** What it may be addressed to: every one of its audiences must be among these. */
  readonly audiences: readonly string[];
  /** FAPI 2.0 Security Profile §5.3.2.1: one audience, as a text. */
  readonly singleAudience: boolean;
  readonly nowSec: number;
}

type Claims = Readonly<Record<string, unknown>>;

function audienceFault({ aud }: Claims, { audiences, singleAudience }: AssertionExpectation): string | undefined {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  // Whoever else is named could use it here, and whatever is sent there could be used by them.
  const known = named.length > 0 && named.every((one) => typeof one === 'string' && audiences.includes(one));
  if (known && (!singleAudience || typeof aud === 'string')) return undefined;
  return `must have the aud "${audiences[0]}", and no other`;
}

function timeFault({ exp, iat, nbf }: Claims, nowSec: number): string | undefined {
  if (typeof exp !== 'number') return 'lacks exp';
  if (exp <= nowSec - assertionSkewSec) return 'has expired';
  if (exp > nowSec + longestLifeSec + assertionSkewSec) return `must expire within ${longestLifeSec} seconds`;
  for (const [name, time] of Object.entries({ iat, nbf })) {
    if (time !== undefined && !(typeof time === 'number' && time <= nowSec + assertionSkewSec)) {
      return `has ${/^i/.test(name) ? 'an' : 'a'} ${name} in the future`;
    }
  }
  return undefined;
}

/** What is wrong with the claims of an assertion whose signature is right; undefined when nothing is. */
export function assertionFault(claims: Claims, expected: AssertionExpectation): string | undefined {
  const { iss, sub, jti } = claims;
  // RFC 7523 §3: the application speaks of itself.
  if (sub !== expected.client_id) return 'must have the client_id as sub';
  if (iss !== expected.client_id) return 'must have the client_id as iss';
  if (typeof jti !== 'string' || jti === '') return 'lacks jti';
  return audienceFault(claims, expected) ?? timeFault(claims, expected.nowSec);
}
