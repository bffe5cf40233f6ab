// Owns what a request object may say: a JWT with the parameters of an authorization request (RFC 9101, OpenID Connect Core §6).
import { assertionAlgorithms, fapiAlgorithms } from './client-assertion.ts';
import { OAuthError } from './oauth-error.ts';
import { gatherParameters, type Parameters } from './parameters.ts';

/** The type that RFC 9101 §4 gives it, under which its parameters alone count. */
export const requestObjectType = 'oauth-authz-req+jwt';
/** OpenID Connect knew no type of its own. */
export const requestObjectTypes = [requestObjectType, 'jwt'] as const;

/** By an application's own key. */
export const requestObjectAlgorithms: readonly string[] = assertionAlgorithms.private_key_jwt;
/** With the secret that it shares with us, where it registered that. */
export const requestObjectSecretAlgorithms: readonly string[] = assertionAlgorithms.client_secret_jwt;

export function invalidObject(what: string): OAuthError {
  return new OAuthError('invalid_request_object', `The request object ${what}.`);
}

/** What an application may sign with. Throws nothing: the list may be empty, when its registration contradicts its profile. */
export function objectAlgorithms(registered: string | undefined, isFapi: boolean): readonly string[] {
  const all = [...requestObjectAlgorithms, ...(registered === undefined ? [] : requestObjectSecretAlgorithms)];
  return all.filter(
    (alg) => (registered === undefined || registered === alg) && (!isFapi || fapiAlgorithms.includes(alg)),
  );
}

type Claims = Readonly<Record<string, unknown>>;

export interface ObjectExpectation {
  readonly client_id: string;
  readonly issuer: string;
  /** Whether a FAPI profile is kept: who made it, for whom, and until when must be said. */
  readonly isFapi: boolean;
  readonly nowSec: number;
}

const skewSec = 60;
const longestLifeSec = 60 * 60;

function namesIssuer(aud: unknown, issuer: string): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.includes(issuer) || named.includes(issuer.replace(/\/$/, ''));
}

function partyFault({ iss, aud, sub, client_id }: Claims, expected: ObjectExpectation): string | undefined {
  if (client_id !== undefined && client_id !== expected.client_id) return 'has another client_id than the request';
  if ((iss !== undefined || expected.isFapi) && iss !== expected.client_id) return 'must have the client_id as iss';
  if ((aud !== undefined || expected.isFapi) && !namesIssuer(aud, expected.issuer))
    return `must have the aud "${expected.issuer}"`;
  // RFC 9101 §10.8: else it would be good as a client assertion, and a client assertion as a request.
  return sub === expected.client_id ? 'must not have the client_id as sub' : undefined;
}

function timeFault({ exp, nbf, iat }: Claims, { isFapi, nowSec }: ObjectExpectation): string | undefined {
  for (const [name, time] of Object.entries({ exp, nbf, iat })) {
    if (time !== undefined && typeof time !== 'number') return `has a time that is no number: ${name}`;
  }
  if (typeof exp === 'number' && exp <= nowSec) return 'has expired';
  if (typeof nbf === 'number' && nbf > nowSec + skewSec) return 'is not good yet: its nbf is in the future';
  if (typeof iat === 'number' && iat > nowSec + skewSec) return 'has an iat in the future';
  if (!isFapi) return undefined;
  // FAPI 1.0 Advanced §5.2.2, FAPI 2.0 Message Signing §5.3.1.
  if (typeof exp !== 'number' || typeof nbf !== 'number') return 'must have exp and nbf';
  if (nbf < nowSec - longestLifeSec) return 'has an nbf of more than an hour ago';
  return exp - nbf > longestLifeSec ? 'lives for more than an hour' : undefined;
}

/** What is wrong with the claims of an object whose signature is right; undefined when nothing is. */
export function objectFault(claims: Claims, expected: ObjectExpectation): string | undefined {
  if ('request' in claims || 'request_uri' in claims) return 'must not hold another one: request or request_uri';
  return partyFault(claims, expected) ?? timeFault(claims, expected);
}

/** About the object itself. */
const registeredClaims: readonly string[] = ['iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'jti'];

function parameter([name, value]: [string, unknown]): [string, string] {
  if (value === null) throw invalidObject(`has null as ${name.slice(0, 64)}`);
  // RFC 8707 §2.1: several resources are a list there, and one parameter that comes several times here.
  if (
    name === 'resource' &&
    Array.isArray(value) &&
    value.every((one) => typeof one === 'string' && !one.includes(' '))
  )
    return [name, value.join(' ')];
  // RFC 9101 §4: numbers and objects stand in it as such, and in an address as their JSON.
  return [name, typeof value === 'string' ? value : JSON.stringify(value)];
}

/** What may also stand outside of an object of the older kind (OpenID Connect Core §6.1). */
const outside = ['response_type', 'scope'] as const;

/**
 * The parameters that an object holds, with the client_id of the request. Nothing beside it counts (RFC 9101 §6.3), but
 * for two parameters of OpenID Connect beside an object that isn't of RFC 9101's type. Throws OAuthError.
 */
export function objectParameters(claims: Claims, sent: Parameters, isStrict: boolean): Parameters {
  const own = Object.entries(claims).filter(([name]) => !registeredClaims.includes(name));
  const parameters = new Map(gatherParameters(own.map(parameter)));
  for (const name of isStrict ? [] : outside) {
    const value = sent.get(name);
    if (value !== undefined && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters.set('client_id', sent.get('client_id') as string);
}
