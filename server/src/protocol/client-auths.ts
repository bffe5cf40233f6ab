// Owns the list of client authentication methods, of which a request must use exactly one.
import type { TokenEndpointAuthMethod } from './client.ts';
import { type ClientAuth, invalidClient, type PresentedCredentials } from './client-auth.ts';
import { clientSecretBasic } from './client-auths/client-secret-basic.ts';
import { clientSecretJwt } from './client-auths/client-secret-jwt.ts';
import { clientSecretPost } from './client-auths/client-secret-post.ts';
import { none } from './client-auths/none.ts';
import { privateKeyJwt } from './client-auths/private-key-jwt.ts';
import { selfSignedTlsClientAuth } from './client-auths/self-signed-tls-client-auth.ts';
import { tlsClientAuth } from './client-auths/tls-client-auth.ts';
import { invalidRequest } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

const clientAuths: readonly ClientAuth[] = [
  clientSecretBasic,
  clientSecretPost,
  clientSecretJwt,
  privateKeyJwt,
  tlsClientAuth,
  selfSignedTlsClientAuth,
  none,
];

/** The names of those that can be used where clients can, or cannot, show certificates. */
export function authMethodNames({ certificates }: { readonly certificates: boolean }): TokenEndpointAuthMethod[] {
  return clientAuths.map(({ name }) => name).filter((name) => certificates || !name.endsWith('tls_client_auth'));
}

const readers = new Set(clientAuths.map((method) => method.read));

/**
 * Finds the one method that the request uses. Throws invalid_request when it uses several (RFC 6749 §2.3), and
 * invalid_client when it uses none.
 */
export function presentedCredentials(authorization: string | undefined, form: Parameters): PresentedCredentials {
  const presented = [...readers].flatMap((read) => read(authorization, form) ?? []);
  const [first, second] = presented;
  if (first === undefined) throw invalidClient('no credentials');
  if (second !== undefined) {
    throw invalidRequest(
      'The client authenticates in more than one way. Use the Authorization header, a client_secret or a client_assertion, and only one of them.',
    );
  }
  return first;
}
