// Owns the issuers whose assertions are taken for a person's sign-in: whose keys, for whom, and how far.
import { randomAlphanumeric } from '#crypto/random';
import { assertionGrantAlgorithms, longestAssertionSec } from '#protocol/assertion-grant';
import type { ClientKeys } from '#protocol/client';
import { documentKind } from '#storage/documents';
import { clientKeys } from './client-keys.ts';
import { findConnection } from './connections.ts';
import type { Context } from './context.ts';
import { InvalidSetting, Taken } from './refusals.ts';

export interface TrustedIssuer extends ClientKeys {
  readonly id: string;
  readonly name: string;
  /** What its assertions say in `iss`, to the letter. */
  readonly issuer: string;
  readonly enabled: boolean;
  readonly signing_algs: readonly string[];
  /** The ids of the applications that may present its assertions. */
  readonly clients: readonly string[];
  /** The APIs for which tokens are given, and the most that they may have. */
  readonly apis: readonly { readonly audience: string; readonly scope: readonly string[] }[];
  /** Who a subject is here: the person whom this connection knows by that id, or by that verified address. */
  readonly subject: { readonly connection: string; readonly match: 'sub' | 'email' };
  /** Seconds that an assertion may live. */
  readonly max_lifetime: number;
}

const kind = documentKind<TrustedIssuer>('trusted-issuers', ({ issuer }) => issuer);

export type NewTrustedIssuer = Pick<TrustedIssuer, 'name' | 'issuer' | 'subject'> & Partial<TrustedIssuer>;

/** The first thing that is wrong with a description, as a sentence. */
async function faultOf(ctx: Context, issuer: TrustedIssuer): Promise<string | undefined> {
  const { signing_algs, max_lifetime, jwks, jwks_uri, subject } = issuer;
  if (issuer.issuer === '' || issuer.issuer === ctx.issuer) return 'The issuer must be another server.';
  const known: readonly string[] = assertionGrantAlgorithms;
  if (signing_algs.length === 0 || !signing_algs.every((alg) => known.includes(alg))) {
    return `The algorithms must be of ${known.join(', ')}.`;
  }
  if (!Number.isInteger(max_lifetime) || max_lifetime < 1 || max_lifetime > longestAssertionSec) {
    return `Assertions live from 1 to ${longestAssertionSec} seconds.`;
  }
  if ((jwks === undefined) === (jwks_uri === undefined)) return 'Give either jwks or jwks_uri.';
  if (jwks_uri !== undefined && !URL.canParse(jwks_uri)) return 'The jwks_uri must be an address.';
  if (jwks !== undefined && (await clientKeys(ctx, { jwks })).length === 0)
    return 'The jwks has no public key that can be used.';
  if (!(await findConnection(ctx, subject.connection))) return `There is no connection named ${subject.connection}.`;
  return undefined;
}

/** Trusts an issuer. Throws Taken, and RangeError for a description that can't be right. */
export async function createTrustedIssuer(ctx: Context, fresh: NewTrustedIssuer): Promise<TrustedIssuer> {
  const issuer: TrustedIssuer = {
    id: `tri_${randomAlphanumeric(16)}`,
    enabled: true,
    signing_algs: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    clients: [],
    apis: [],
    max_lifetime: 300,
    ...fresh,
  };
  const fault = await faultOf(ctx, issuer);
  if (fault !== undefined) throw new InvalidSetting(fault);
  const created = await ctx.documents.create(kind, issuer.id, issuer);
  if (created === 'taken') throw new Taken(`The issuer ${issuer.issuer} is trusted already.`);
  return created.body;
}

/** Changes what is given, and leaves the rest; false when there is no such issuer. Throws RangeError, Taken. */
export async function changeTrustedIssuer(
  ctx: Context,
  id: string,
  change: Partial<Omit<TrustedIssuer, 'id'>>,
): Promise<boolean> {
  const known = (await ctx.documents.get(kind, id))?.body;
  if (!known) return false;
  const fault = await faultOf(ctx, { ...known, ...change });
  if (fault !== undefined) throw new InvalidSetting(fault);
  const changed = await ctx.documents.update(kind, id, (current) => ({ ...current, ...change }));
  if (changed === 'taken') throw new Taken(`The issuer ${change.issuer} is trusted already.`);
  return changed !== undefined;
}

/** The enabled issuer of this name. */
export async function findTrustedIssuer(
  ctx: Pick<Context, 'documents'>,
  issuer: string,
): Promise<TrustedIssuer | undefined> {
  const known = (await ctx.documents.getByName(kind, issuer))?.body;
  return known?.enabled ? known : undefined;
}
