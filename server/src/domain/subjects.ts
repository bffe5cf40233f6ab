// Owns by what name applications know a person: all by one, or each sector by its own (OpenID Connect Core §8).
import type { Claims } from '#protocol/claims';
import type { Client } from '#protocol/client';
import { sectorOf } from '#protocol/client-sector';
import { listClients } from './clients.ts';
import type { Context } from './context.ts';

type Needed = Pick<Context, 'vault'>;

/** By the list of applications, which is the same one until any of them changes. */
const sectors = new WeakMap<readonly Client[], readonly string[]>();

type Addressee = Pick<Client, 'client_id' | 'subject_type' | 'sector_identifier_uri' | 'callbacks'>;

/**
 * The `sub` that an application is told for a person. A pairwise one is made with a key of the deployment: nobody else
 * can compute one from another, or find out whose it is.
 */
export function subjectFor(ctx: Needed, client: Addressee, userId: string): string {
  if (client.subject_type !== 'pairwise') return userId;
  return pairwiseSubject(ctx, sectorOf(client), userId);
}

function pairwiseSubject(ctx: Needed, sector: string, userId: string): string {
  return ctx.vault.mac('pairwise-subject', Buffer.from(JSON.stringify([sector, userId]))).toString('base64url');
}

/** What stands in a token's id for the person whom its `sub` names: nobody else can compute it, or find out whose it is. */
export function subjectKey(ctx: Needed, sub: string): string {
  return ctx.vault.mac('revocation-subject', Buffer.from(sub)).subarray(0, 9).toString('base64url');
}

/** The sectors of all applications that are told pairwise subjects; read before a transaction begins. */
export async function pairwiseSectors(ctx: Pick<Context, 'documents'>): Promise<readonly string[]> {
  const clients = await listClients(ctx);
  const known = sectors.get(clients);
  if (known) return known;
  const pairwise = clients.filter((client) => client.subject_type === 'pairwise');
  const found = [...new Set(pairwise.map(sectorOf))];
  sectors.set(clients, found);
  return found;
}

/** What stands for a person in the tokens of all applications. */
export function subjectKeysOf(ctx: Needed, userId: string, inSectors: readonly string[]): readonly string[] {
  return [userId, ...inSectors.map((sector) => pairwiseSubject(ctx, sector, userId))].map((sub) =>
    subjectKey(ctx, sub),
  );
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
