// Owns the shape of a life: one resource, from its making to its end, as a program with Auth0's own SDK lives it.
import { type ManagementClient, ManagementError } from 'auth0';

export interface Life {
  /** The resource's name in the server's table. */
  readonly resource: string;
  /** Leaves nothing behind. Throws where an answer isn't what the SDK's types promise. */
  live(auth0: ManagementClient, issuer: string): Promise<void>;
}

/** Whether the SDK was told that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return error instanceof ManagementError && error.statusCode === 404;
}

/** What a list of the SDK holds, over all of its pages. */
export async function all<T>(list: PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of await list) items.push(item);
  return items;
}
