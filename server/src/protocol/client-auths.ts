// Owns the list of client authentication methods, of which a request must use exactly one.
import { type ClientAuth, invalidClient, type PresentedCredentials } from './client-auth.ts';
import { clientSecretBasic } from './client-auths/client-secret-basic.ts';
import { clientSecretPost } from './client-auths/client-secret-post.ts';
import { none } from './client-auths/none.ts';
import { invalidRequest } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

export const clientAuths: readonly ClientAuth[] = [clientSecretBasic, clientSecretPost, none];

/**
 * Finds the one method that the request uses. Throws invalid_request when it uses several (RFC 6749 §2.3), and
 * invalid_client when it uses none.
 */
export function presentedCredentials(authorization: string | undefined, form: Parameters): PresentedCredentials {
  const presented = clientAuths.flatMap((method) => method.read(authorization, form) ?? []);
  const [first, second] = presented;
  if (first === undefined) throw invalidClient('no credentials');
  if (second !== undefined) {
    throw invalidRequest(
      'The client authenticates in more than one way. Use the Authorization header or the body, not both.',
    );
  }
  return first;
}
