// Owns the shape of a grant: what differs between the ways to get tokens. The token endpoint owns what they share.
import type { Caller, Context } from '#domain/context';
import type { EventType } from '#domain/event-types';
import type { Authorization } from '#domain/tokens';
import type { Client } from '#protocol/client';
import type { Parameters } from '#protocol/parameters';

export interface Grant {
  /** The value of grant_type. */
  readonly name: string;
  /** The events of an exchange that succeeds and of one that fails. */
  readonly events: { readonly success: EventType; readonly failure: EventType };
  /**
   * Decides for whom and for what tokens may be issued to an authenticated client that may use this grant. It proves by
   * reading, then settles in one transaction. Throws OAuthError.
   */
  resolve(ctx: Context, client: Client, form: Parameters, caller: Caller): Promise<Authorization>;
}
