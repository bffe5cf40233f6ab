// Owns the shape of a rule about authorization requests.
import type { AuthorizeRequest } from './authorize-request.ts';
import type { Client } from './client.ts';
import type { ResourceServer } from './resource-server.ts';

/** How the parameters of a request came. */
export interface Provenance {
  /** From the application itself, before it sent the browser (RFC 9126). */
  readonly pushed: boolean;
  /** In an object that the application has signed (RFC 9101). */
  readonly signed: boolean;
}

export interface AuthorizeFacts {
  readonly request: AuthorizeRequest;
  readonly client: Client;
  readonly provenance: Provenance;
  /** The APIs that the audience and the resources name, as far as they exist. */
  readonly apis: readonly ResourceServer[];
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
