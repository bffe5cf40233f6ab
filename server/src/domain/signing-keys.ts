// Owns the keys that tokens are signed with: the current one, the next, and those that still verify.
import { certificateThumbprint, selfSignedCertificate } from '#crypto/certificate';
import type { JwtSigner, JwtVerifier, SigningAlgorithm } from '#crypto/jwt';
import { type GeneratedKey, generateSigningKey, readPrivateKey, readPublicKey } from '#crypto/signing-key';
import type { Vault } from '#crypto/vault';
import type { Database } from '#storage/database';
import * as counters from '#storage/tables/documents';
import * as rows from '#storage/tables/signing-keys';

export interface SigningKeys {
  readonly current: JwtSigner;
  readonly verifiers: ReadonlyMap<string, JwtVerifier>;
  /** RFC 7517, with the certificates that Auth0's JWKS has. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
}

interface Effects {
  readonly issuer: string;
  readonly database: Database;
  readonly vault: Vault;
  readonly now: () => number;
}

async function toRow(ctx: Effects, key: GeneratedKey, status: 'current' | 'next'): Promise<rows.SigningKeyRow> {
  const now = ctx.now();
  return {
    kid: key.kid,
    alg: key.alg,
    status,
    public_jwk: JSON.stringify(key.publicJwk),
    sealed_private_key: ctx.vault.seal('signing-key', key.privateKeyPem),
    certificate: await selfSignedCertificate({ commonName: new URL(ctx.issuer).hostname, key, now, days: 3650 }),
    created_at: now,
    activated_at: status === 'current' ? now : null,
    retired_at: null,
  };
}

/** Makes the first two keys of a tenant, unless another node was quicker. */
async function createFirstKeys(ctx: Effects): Promise<void> {
  const generated = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const fresh = await Promise.all([toRow(ctx, generated[0], 'current'), toRow(ctx, generated[1], 'next')]);
  await ctx.database.transaction(async (queries) => {
    // The counter's row is the lock: of two nodes that start at once, the second finds the first one's keys.
    await counters.nextVersion(queries);
    if ((await rows.list(queries)).length > 0) return;
    for (const row of fresh) await rows.insert(queries, row);
  });
}

function publicJwk(row: rows.SigningKeyRow): Record<string, unknown> {
  const { kty, n, e } = JSON.parse(row.public_jwk) as Record<string, string>;
  const der = row.certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  const x5t = certificateThumbprint(row.certificate);
  return { kty, use: 'sig', n, e, kid: row.kid, x5t, x5c: [der], alg: row.alg };
}

function read(ctx: Effects, stored: readonly rows.SigningKeyRow[]): SigningKeys {
  const live = stored.filter((row) => row.status !== 'revoked');
  const current = live.find((row) => row.status === 'current');
  if (!current) throw new Error('No signing key is current: the table signing_keys is damaged.');
  const pem = ctx.vault.unseal('signing-key', current.sealed_private_key);
  if (pem === undefined) {
    throw new Error(
      'The signing key cannot be opened with this master key. Put back the master.key file that belongs to this database.',
    );
  }
  const alg = current.alg as SigningAlgorithm;
  return {
    current: { kid: current.kid, alg, privateKey: readPrivateKey(pem) },
    verifiers: new Map(
      live.map((row) => [
        row.kid,
        { kid: row.kid, alg: row.alg as SigningAlgorithm, publicKey: readPublicKey(JSON.parse(row.public_jwk)) },
      ]),
    ),
    jwks: { keys: live.map(publicJwk) },
  };
}

/** Loads the tenant's keys, and makes the first ones when there are none. Throws when the master key is another. */
export async function loadSigningKeys(ctx: Effects): Promise<SigningKeys> {
  let stored = await rows.list(ctx.database.queries);
  if (stored.length === 0) {
    await createFirstKeys(ctx);
    stored = await rows.list(ctx.database.queries);
  }
  return read(ctx, stored);
}
