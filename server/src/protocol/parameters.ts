// Owns the parameters of a request as the protocol sees them: each at most once.
import { invalidRequest } from './oauth-error.ts';

/** Parameters by name. A parameter sent without a value counts as absent (RFC 6749 §3.1). */
export type Parameters = ReadonlyMap<string, string>;

/** RFC 8707 §2 lets this one alone come several times. Its values are URIs, which have no spaces. */
const repeatable = 'resource';

/** The values of a parameter that is a list, with spaces between. */
export function wordsIn(value: string | undefined): string[] {
  return (value ?? '').split(' ').filter((word) => word !== '');
}

/**
 * Gathers name–value pairs. Throws invalid_request when a parameter is repeated: which of the two was meant is
 * a guess that an attacker can use (RFC 6749 §3.1 and §3.2). Several resources stand in one value, with spaces between.
 */
export function gatherParameters(pairs: Iterable<readonly [string, string]>): Parameters {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (seen.has(name) && name !== repeatable)
      throw invalidRequest(`The parameter "${name.slice(0, 64)}" is sent more than once. Send it once.`);
    seen.add(name);
    // RFC 6749 appendix A leaves it out of every parameter, and PostgreSQL out of every text.
    if (value.includes('\0')) throw invalidRequest(`The parameter "${name.slice(0, 64)}" has a NUL character.`);
    const before = parameters.get(name);
    if (value !== '') parameters.set(name, before === undefined ? value : `${before} ${value}`);
  }
  return parameters;
}

/** Parameters are stored with the sign-in and repeated in answers: none may be a document. */
const longest = 2048;

/** Throws invalid_request for a value of more characters than that: 2,048 unless said otherwise. */
export function refuseOverlong(name: string, value: string, most: number = longest): void {
  if (value.length > most) throw invalidRequest(`The parameter "${name.slice(0, 64)}" is too long.`);
}

/** A parameter that must be there. Throws invalid_request. */
export function requireParameter(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw invalidRequest(`Missing required parameter: ${name}`);
  return value;
}
