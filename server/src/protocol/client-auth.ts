// Owns how an application proves who it is at the token endpoint, up to the comparison of the secret.
import { OAuthError } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

/** What an application presents: its id, and the secret if it sent one. */
export interface PresentedCredentials {
  readonly client_id: string;
  readonly client_secret?: string;
}

export interface ClientAuth {
  readonly name: string;
  /** The credentials, when the request uses this method; undefined when it doesn't. Throws when it uses it wrongly. */
  read(authorization: string | undefined, form: Parameters): PresentedCredentials | undefined;
}

/** A refusal that tells nothing about which part was wrong. */
export function invalidClient(detail: string): OAuthError {
  return new OAuthError(
    'invalid_client',
    'Client authentication failed. Check the client_id and the client_secret.',
    detail,
  );
}
