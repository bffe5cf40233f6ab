// Owns the keys that tokens are signed with: for each algorithm the current one, the next, and those that still verify.
import { certificateThumbprint, selfSignedCertificate } from '#crypto/certificate';
import type { JwtSigner, JwtVerifier } from '#crypto/jwt';
import { type GeneratedKey, generateSigningKey, readPrivateKey, readPublicKey } from '#crypto/signing-key';
import type { Vault } from '#crypto/vault';
import type { KeyAlgorithm } from '#protocol/signing-algorithm';
import type { Database } from '#storage/database';
import * as counters from '#storage/tables/documents';
import * as rows from '#storage/tables/signing-keys';

/** RFC 7517 §5, with the certificates that Auth0's JWKS has. */
export interface KeySet {
  readonly keys: readonly Record<string, unknown>[];
}

export interface SigningKeys {
  /** The current key of an algorithm. The first time an algorithm is asked for, its keys are made. */
  signer(alg: KeyAlgorithm): Promise<JwtSigner>;
  /** Every key whose signatures are accepted, by `kid`. */
  readonly verifiers: ReadonlyMap<string, JwtVerifier>;
  /** The same object until a key comes or goes. */
  readonly jwks: KeySet;
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

/** Makes the first two keys of an algorithm, unless another node was quicker. */
async function createFirstKeys(ctx: Effects, alg: KeyAlgorithm): Promise<void> {
  const generated = await Promise.all([generateSigningKey(alg), generateSigningKey(alg)]);
  const fresh = await Promise.all([toRow(ctx, generated[0], 'current'), toRow(ctx, generated[1], 'next')]);
  await ctx.database.transaction(async (queries) => {
    // The counter's row is the lock: of two nodes that start at once, the second finds the first one's keys.
    await counters.nextVersion(queries);
    if ((await rows.list(queries)).some((row) => row.alg === alg)) return;
    for (const row of fresh) await rows.insert(queries, row);
  });
}

function publicJwk(row: rows.SigningKeyRow): Record<string, unknown> {
  const { kty, ...rest } = JSON.parse(row.public_jwk) as Record<string, string>;
  const der = row.certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  const x5t = certificateThumbprint(row.certificate);
  return { kty, use: 'sig', ...rest, kid: row.kid, x5t, x5c: [der], alg: row.alg };
}

function signerOf(ctx: Effects, row: rows.SigningKeyRow): JwtSigner {
  const pem = ctx.vault.unseal('signing-key', row.sealed_private_key);
  if (pem === undefined) {
    throw new Error(
      'The signing key cannot be opened with this master key. Put back the master.key file that belongs to this database.',
    );
  }
  return { kid: row.kid, alg: row.alg as KeyAlgorithm, privateKey: readPrivateKey(pem) };
}

function verifierOf(row: rows.SigningKeyRow): JwtVerifier {
  return { kid: row.kid, alg: row.alg as KeyAlgorithm, publicKey: readPublicKey(JSON.parse(row.public_jwk)) };
}

class KeyRing implements SigningKeys {
  readonly #ctx: Effects;
  #signers: ReadonlyMap<string, JwtSigner> = new Map();
  readonly #making = new Map<KeyAlgorithm, Promise<JwtSigner>>();
  verifiers: ReadonlyMap<string, JwtVerifier> = new Map();
  jwks: KeySet = { keys: [] };

  constructor(ctx: Effects) {
    this.#ctx = ctx;
  }

  async load(): Promise<void> {
    const live = (await rows.list(this.#ctx.database.queries)).filter((row) => row.status !== 'revoked');
    const current = live.filter((row) => row.status === 'current');
    this.#signers = new Map(current.map((row) => [row.alg, signerOf(this.#ctx, row)]));
    this.verifiers = new Map(live.map((row) => [row.kid, verifierOf(row)]));
    this.jwks = { keys: live.map(publicJwk) };
  }

  async #make(alg: KeyAlgorithm): Promise<JwtSigner> {
    await createFirstKeys(this.#ctx, alg);
    await this.load();
    const made = this.#signers.get(alg);
    if (!made) throw new Error(`No ${alg} signing key is current: the table signing_keys is damaged.`);
    return made;
  }

  async signer(alg: KeyAlgorithm): Promise<JwtSigner> {
    const known = this.#signers.get(alg);
    if (known) return known;
    const making = this.#making.get(alg) ?? this.#make(alg).finally(() => this.#making.delete(alg));
    this.#making.set(alg, making);
    return making;
  }
}

/** Loads the tenant's keys, and makes the first ones when there are none. Throws when the master key is another. */
export async function loadSigningKeys(ctx: Effects): Promise<SigningKeys> {
  const ring = new KeyRing(ctx);
  await ring.load();
  await ring.signer('RS256');
  return ring;
}
