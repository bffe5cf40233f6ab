// Owns by what name applications know a person: all by one, or each sector by its own (OpenID Connect Core §8).
import type { Claims } from '#protocol/claims';
import type { Client } from '#protocol/client';
import { sectorOf } from '#protocol/client-sector';
import type { Context } from './context.ts';

type Needed = Pick<Context, 'vault'>;
type Addressee = Pick<Client, 'client_id' | 'subject_type' | 'sector_identifier_uri' | 'callbacks'>;

/**
 * The `sub` that an application is told for a person. A pairwise one is made with a key of the deployment: nobody else
 * can compute one from another, or find out whose it is.
 */
export function subjectFor(ctx: Needed, client: Addressee, userId: string): string {
  if (client.subject_type !== 'pairwise') return userId;
  const named = JSON.stringify([sectorOf(client), userId]);
  return ctx.vault.mac('pairwise-subject', Buffer.from(named)).toString('base64url');
}

/** How a token says whom it is about: what the application may know, and where that isn't the person's id that one too, sealed. */
export interface SubjectClaims {
  readonly sub: string;
  /** For us alone to read, when the token comes back; another text each time. Left out of tokens that have a public `sub`. */
  readonly sealed_sub?: string;
}

export function subjectClaims(ctx: Needed, client: Addressee, userId: string): SubjectClaims {
  const sub = subjectFor(ctx, client, userId);
  return client.subject_type === 'pairwise' ? { sub, sealed_sub: ctx.vault.seal('sealed-subject', userId) } : { sub };
}

/** The id of whom a token of ours is about, which must be known to be ours; undefined when it says nothing of that. */
export function subjectOfToken(ctx: Needed, { sub, sealed_sub }: Claims): string | undefined {
  if (typeof sealed_sub === 'string') return ctx.vault.unseal('sealed-subject', sealed_sub);
  return typeof sub === 'string' ? sub : undefined;
}
