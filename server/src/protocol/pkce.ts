// Owns Proof Key for Code Exchange: what a challenge looks like (RFC 7636).
import { invalidRequest } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

// RFC 7636 §4.2: a SHA-256 digest in base64url without padding. The last character carries four bits.
const s256Challenge = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
// RFC 7636 §4.1: 43*128unreserved
const verifier = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * The code challenge of an authorization request, if there is one. Only S256 is taken, and it must be named:
 * a missing method means `plain`, which gives the verifier to whoever sees the request (RFC 7636 §4.3, RFC 9700 §2.1.1).
 */
export function parseCodeChallenge(parameters: Parameters): string | undefined {
  const challenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined) throw invalidRequest('code_challenge_method is sent without a code_challenge.');
    return undefined;
  }
  if (method !== 'S256') throw invalidRequest('code_challenge_method must be S256.');
  if (!s256Challenge.test(challenge)) {
    throw invalidRequest(
      'The code_challenge must be the base64url SHA-256 digest of the code_verifier: 43 characters.',
    );
  }
  return challenge;
}

/** Whether a verifier has the form of RFC 7636 §4.1. */
export function isCodeVerifier(value: string): boolean {
  return verifier.test(value);
}
