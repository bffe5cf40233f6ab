// Owns a sender for tests that has a DPoP key, and makes proofs with it, right and wrong ones.
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { sha256 } from '#crypto/digest';
import { jwkThumbprint } from '#crypto/jwk-thumbprint';
import type { TestTenant } from './tenant.ts';

export interface ProofWish {
  readonly method?: string;
  readonly url?: string;
  readonly accessToken?: string | undefined;
  readonly nonce?: string | undefined;
  /** Beside or instead of what is right. */
  readonly claims?: object;
  readonly header?: object;
  readonly key?: KeyObject;
}

export class DpopSender {
  readonly #tenant: TestTenant;
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly #alg: string;
  /** The nonce of the last answer. */
  nonce: string | undefined;

  constructor(tenant: TestTenant, alg: 'ES256' | 'EdDSA' | 'RS256' | 'PS256' = 'ES256') {
    this.#tenant = tenant;
    this.#alg = alg;
    if (alg === 'ES256') this.#keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    else if (alg === 'EdDSA') this.#keys = generateKeyPairSync('ed25519');
    else this.#keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  }

  get jkt(): string {
    return jwkThumbprint(this.#keys.publicKey);
  }

  get privateKey(): KeyObject {
    return this.#keys.privateKey;
  }

  get jwk(): object {
    return this.#keys.publicKey.export({ format: 'jwk' });
  }

  /** A proof for a request of this moment, at the token endpoint unless said otherwise. */
  proof(wish: ProofWish = {}): Promise<string> {
    const { issuer } = this.#tenant.ctx;
    const { method = 'POST', url = `${issuer}oauth/token`, accessToken, nonce = this.nonce } = wish;
    const iat = Math.floor(this.#tenant.ctx.now() / 1000);
    const ath = accessToken === undefined ? undefined : sha256(accessToken);
    const claims = { jti: randomUUID(), htm: method, htu: url, iat, ath, nonce, ...wish.claims };
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: this.#alg, jwk: this.jwk, ...wish.header })
      .sign(wish.key ?? this.#keys.privateKey);
  }
}
