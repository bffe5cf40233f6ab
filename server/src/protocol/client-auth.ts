// Owns how an application shows who it is, up to the comparison with what is known of it.
import type { TokenEndpointAuthMethod } from './client.ts';
import { OAuthError } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

/** What an application shows in its request: its id alone, or with a secret, or with an assertion that it signed. */
export interface PresentedCredentials {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly client_assertion?: string;
}

/** Throws when the request shows something, but wrongly. */
export type CredentialsReader = (
  authorization: string | undefined,
  form: Parameters,
) => PresentedCredentials | undefined;

export interface ClientAuth {
  readonly name: TokenEndpointAuthMethod;
  /**
   * The credentials, when the request may use this method; undefined when it doesn't. Methods that look alike share a
   * reader: which of them it is, the application's registration says.
   */
  readonly read: CredentialsReader;
}

/** A request that names the application and shows nothing: the connection's certificate does, or there is nothing. */
export const readName: CredentialsReader = (authorization, form) => {
  const client_id = form.get('client_id');
  const showsMore = authorization !== undefined || form.has('client_secret') || form.has('client_assertion');
  return client_id === undefined || showsMore ? undefined : { client_id };
};

/** A refusal that tells nothing about which part was wrong. */
export function invalidClient(detail: string): OAuthError {
  return new OAuthError(
    'invalid_client',
    'Client authentication failed. Check the client_id and the client_secret.',
    detail,
  );
}
