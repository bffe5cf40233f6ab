// Owns the ring of keys that a running server signs and verifies with; it changes while the server runs.
import { certificateThumbprint, selfSignedCertificate } from '#crypto/certificate';
import type { JwtSigner, JwtVerifier } from '#crypto/jwt';
import { MasterKeyRefused } from '#crypto/master-key';
import { generateSigningKey, readPrivateKey, readPublicKey } from '#crypto/signing-key';
import type { Vault } from '#crypto/vault';
import type { KeyAlgorithm, SigningAlgorithm } from '#protocol/signing-algorithm';
import type { Database } from '#storage/database';
import * as feed from '#storage/tables/documents';
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
  /** Reads the keys again: something has changed them. */
  reload(): Promise<void>;
}

/** The change feed's word for the keys: whoever changes them announces it, and every server reads them again. */
export const signingKeysKind = 'signing-keys';

/** What it takes to make keys, without a running server too. */
export interface KeyEffects {
  readonly issuer: string;
  readonly database: Database;
  readonly vault: Vault;
  readonly now: () => number;
}

/** Makes a key for an algorithm, with its certificate. */
export async function newKeyRow(
  ctx: KeyEffects,
  alg: KeyAlgorithm,
  status: 'current' | 'next',
  now = ctx.now(),
): Promise<rows.SigningKeyRow> {
  const key = await generateSigningKey(alg);
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
    revoked_at: null,
  };
}

/** Makes the first two keys of an algorithm, unless another node was quicker. */
async function createFirstKeys(ctx: KeyEffects, alg: KeyAlgorithm): Promise<void> {
  const now = ctx.now();
  const fresh = await Promise.all([newKeyRow(ctx, alg, 'current', now), newKeyRow(ctx, alg, 'next', now)]);
  await ctx.database.transaction(async (queries) => {
    // Of two nodes that start at once, the second waits here and finds the first one's keys.
    await feed.announce(queries, signingKeysKind, ctx.now());
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

/** Opens a key's private half. Throws MasterKeyRefused when it was sealed under another master key. */
export function signerOf(ctx: KeyEffects, row: rows.SigningKeyRow): JwtSigner {
  const pem = ctx.vault.unseal('signing-key', row.sealed_private_key);
  if (pem === undefined) {
    throw new MasterKeyRefused(
      'The signing key cannot be opened with this master key. Put back the master.key file that belongs to this database.',
    );
  }
  return { kid: row.kid, alg: row.alg as KeyAlgorithm, privateKey: readPrivateKey(pem) };
}

function verifierOf(row: rows.SigningKeyRow): JwtVerifier {
  return { kid: row.kid, alg: row.alg as KeyAlgorithm, publicKey: readPublicKey(JSON.parse(row.public_jwk)) };
}

class KeyRing implements SigningKeys {
  readonly #ctx: KeyEffects;
  #signers: ReadonlyMap<string, JwtSigner> = new Map();
  readonly #making = new Map<KeyAlgorithm, Promise<JwtSigner>>();
  #reading: Promise<void> = Promise.resolve();
  verifiers: ReadonlyMap<string, JwtVerifier> = new Map();
  jwks: KeySet = { keys: [] };

  constructor(ctx: KeyEffects) {
    this.#ctx = ctx;
  }

  async #read(): Promise<void> {
    const live = (await rows.list(this.#ctx.database.queries)).filter((row) => row.status !== 'revoked');
    const current = live.filter((row) => row.status === 'current');
    // Nothing is replaced until all of it was readable.
    const signers = new Map(current.map((row) => [row.alg, signerOf(this.#ctx, row)]));
    const verifiers = new Map(live.map((row) => [row.kid, verifierOf(row)]));
    this.jwks = { keys: live.map(publicJwk) };
    this.#signers = signers;
    this.verifiers = verifiers;
  }

  /** One after the other, lest an older answer arrive after a newer one. */
  async reload(): Promise<void> {
    const next = () => this.#read();
    this.#reading = this.#reading.then(next, next);
    return this.#reading;
  }

  async #make(alg: KeyAlgorithm): Promise<JwtSigner> {
    // Another node may have made them.
    await this.reload();
    if (!this.#signers.has(alg)) {
      await createFirstKeys(this.#ctx, alg);
      await this.reload();
    }
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
export async function loadSigningKeys(ctx: KeyEffects): Promise<SigningKeys> {
  const ring = new KeyRing(ctx);
  await ring.signer('RS256');
  return ring;
}

/**
 * Makes the keys of the algorithms that an API or an application asks for, where they are missing: they are published
 * before the first token is signed with them, so that nobody meets one that the JWKS it read a moment ago doesn't have.
 */
export async function publishKeys(
  { keys }: { readonly keys: Pick<SigningKeys, 'signer'> },
  algorithms: readonly (SigningAlgorithm | undefined)[],
): Promise<void> {
  for (const alg of new Set(algorithms)) if (alg !== undefined && alg !== 'HS256') await keys.signer(alg);
}
