// Owns the order in which an authorization request is judged, before and after its redirect URI is proved.
import type { AuthorizeCheck, AuthorizeFacts } from './authorize-check.ts';
import { audience } from './authorize-checks/audience.ts';
import { boundTokens } from './authorize-checks/bound-tokens.ts';
import { compliance } from './authorize-checks/compliance.ts';
import { connection } from './authorize-checks/connection.ts';
import { essentialAcr } from './authorize-checks/essential-acr.ts';
import { grantAllowed } from './authorize-checks/grant-allowed.ts';
import { pkce } from './authorize-checks/pkce.ts';
import { provenance } from './authorize-checks/provenance.ts';
import { webMessageOrigin } from './authorize-checks/web-message-origin.ts';
import type { Client } from './client.ts';
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { type Parameters, refuseOverlong, requireParameter } from './parameters.ts';
import { type VerifiedRedirectUri, verifyRedirectUri } from './redirect-uri.ts';

/** Throws what a request is told that names no application, or none that exists: nothing about it is to be believed. */
export function unknownClient(parameters: Parameters): never {
  requireParameter(parameters, 'client_id');
  throw new OAuthError('unauthorized_client', 'Unknown client. Check the client_id.');
}

/**
 * The judgements before anything may be sent to the application: what fails here is shown on a page of ours, because
 * an address that isn't proved may be an attacker's (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2).
 */
export function verifyDestination(parameters: Parameters, client: Client): VerifiedRedirectUri {
  // It is repeated in every answer, a refusal's too.
  refuseOverlong('state', parameters.get('state') ?? '');
  const requested = requireParameter(parameters, 'redirect_uri');
  const redirectUri = verifyRedirectUri(requested, client);
  if (!redirectUri) {
    throw invalidRequest(
      'Callback URL mismatch. The redirect_uri is not in the list of allowed callback URLs of this application.',
    );
  }
  return redirectUri;
}

/** The rules after it: what fails here goes back to the application. Refusals come in this order. */
const checks: readonly AuthorizeCheck[] = [
  provenance,
  compliance,
  webMessageOrigin,
  grantAllowed,
  pkce,
  audience,
  boundTokens,
  connection,
  essentialAcr,
];

/** Throws OAuthError at the first rule that the request breaks. */
export function checkAuthorizeRequest(facts: AuthorizeFacts): void {
  for (const rule of checks) rule.check(facts);
}
