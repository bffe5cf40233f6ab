// Owns the shape of a grant: what differs between the ways to get tokens. The token endpoint owns what they share.
import type { Caller, Context } from '#domain/context';
import type { EventType } from '#domain/event-types';
import type { Decision } from '#domain/tokens';
import type { Client } from '#protocol/client';
import type { Confirmation } from '#protocol/confirmation';
import type { Parameters } from '#protocol/parameters';

/** A request for tokens, once it is known who sends it. */
export interface TokenRequest {
  /** Authenticated, and allowed to use the grant. */
  readonly client: Client;
  readonly form: Parameters;
  readonly caller: Caller;
  /** The key that the sender proved to have, which the tokens are bound to. */
  readonly confirmation: Confirmation | undefined;
}

export interface Grant {
  /** The value of grant_type. */
  readonly name: string;
  /** The events of an exchange that succeeds and of one that fails. */
  readonly events: { readonly success: EventType; readonly failure: EventType };
  /**
   * Decides for whom and for what tokens may be issued. It proves by reading, then settles in one transaction. Throws
   * OAuthError. The token endpoint binds what it returns to the request's confirmation, and to the moment at which it began.
   */
  resolve(ctx: Context, request: TokenRequest): Promise<Decision>;
}
