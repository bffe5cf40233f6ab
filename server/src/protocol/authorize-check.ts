// Owns the shape of a rule about authorization requests.
import type { AuthorizeRequest } from './authorize-request.ts';
import type { Client } from './client.ts';
import type { ResourceServer } from './resource-server.ts';

export interface AuthorizeFacts {
  readonly request: AuthorizeRequest;
  readonly client: Client;
  /** The API that the audience names; undefined when it names none that exists. */
  readonly api: ResourceServer | undefined;
  /** The identifier that stands for the person's own profile: `<issuer>userinfo`. */
  readonly userinfoAudience: string;
  /** The names of the connections that the application may use. */
  readonly connections: readonly string[];
}

export interface AuthorizeCheck {
  readonly name: string;
  /** Throws OAuthError when the request breaks the rule. */
  check(facts: AuthorizeFacts): void;
}
