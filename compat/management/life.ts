// Owns the shape of a life: one resource, from its making to its end, as a program with Auth0's own SDK lives it.
import type { ManagementClient } from 'auth0';

export interface Life {
  /** The resource's name in the server's table. */
  readonly resource: string;
  /** Leaves nothing behind. Throws where an answer isn't what the SDK's types promise. */
  live(auth0: ManagementClient): Promise<void>;
}
