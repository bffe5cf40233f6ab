// Owns DPoP: that who sends a token holds the key that it is bound to (RFC 9449 §4.3).
import { decodeBase64Url, decodeObject, encodeBase64Url, type JsonObject } from './encoding.ts';
import { VerificationError } from './errors.ts';
import { algorithmNames, importKey, sha256, type VerificationKey } from './signature.ts';

/** The request that a proof was sent with. */
export interface DpopRequest {
  readonly method: string;
  /** As the application called it. */
  readonly url: string;
  /** The header DPoP. */
  readonly proof: string | undefined;
}

const windowSec = 60;
const mostSeen = 200_000;
const longestProof = 8 * 1024;

const invalid = (what: string) => new VerificationError('invalid_proof', `The DPoP proof ${what}.`);

/** Proofs that were seen: each is good once. Two halves of a window, of which the older is forgotten as a whole. */
class SeenProofs {
  #young = new Set<string>();
  #old = new Set<string>();
  #turnedAt = 0;

  /** False when it was seen before. `now` and `keptSec` in seconds. */
  add(id: string, now: number, keptSec: number): boolean {
    if (now - this.#turnedAt > keptSec || this.#young.size >= mostSeen) {
      this.#old = now - this.#turnedAt > keptSec * 2 ? new Set() : this.#young;
      this.#young = new Set();
      this.#turnedAt = now;
    }
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    return true;
  }
}

/** RFC 7638. */
async function thumbprintOf({ kty, crv, n, e, x, y }: JsonObject): Promise<string> {
  const members = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
  return encodeBase64Url(await sha256(JSON.stringify(members)));
}

/** Without query and fragment, and as URLs are written (§4.3). */
function addressOf(text: unknown): string | undefined {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  return url && `${url.origin}${url.pathname}`;
}

const keys = new Map<string, VerificationKey>();
const mostKeys = 1000;

async function keyOf(jwk: JsonObject, alg: string, thumbprint: string): Promise<VerificationKey> {
  const name = `${alg} ${thumbprint}`;
  const known = keys.get(name);
  if (known) return known;
  const key = await importKey(jwk, alg);
  if (!key) throw invalid('has a key that its algorithm cannot use');
  if (keys.size >= mostKeys) keys.delete(keys.keys().next().value as string);
  keys.set(name, key);
  return key;
}

function partsOf(proof: string | undefined) {
  if (proof === undefined || proof === '') {
    throw new VerificationError(
      'missing_proof',
      'The token is bound to a key: send a DPoP proof with it, in the header DPoP.',
    );
  }
  const [head = '', body = '', mark = '', ...others] = proof.split('.');
  const header = decodeObject(head);
  const claims = decodeObject(body);
  const signature = decodeBase64Url(mark);
  if (!header || !claims || !signature || others.length > 0 || proof.length > longestProof) throw invalid('is no JWT');
  return { header, claims, signature, signed: new TextEncoder().encode(`${head}.${body}`) };
}

export class DpopVerifier {
  readonly #seen = new SeenProofs();

  /** Checks a proof for a token that is bound to a key of this thumbprint. Throws missing_proof or invalid_proof. */
  async check(
    request: DpopRequest,
    { token, jkt, now, tolerance }: { token: string; jkt: string; now: number; tolerance: number },
  ): Promise<void> {
    const { header, claims, signed, signature } = partsOf(request.proof);
    const { typ, alg, jwk } = header;
    if (typ !== 'dpop+jwt') throw invalid('is a token of another kind');
    if (typeof alg !== 'string' || !algorithmNames.includes(alg)) throw invalid('has an algorithm that is not allowed');
    if (typeof jwk !== 'object' || jwk === null || 'd' in jwk || 'k' in jwk) throw invalid('has no public key');
    if ((await thumbprintOf(jwk as JsonObject)) !== jkt) throw invalid('is of another key than the token is bound to');
    const key = await keyOf(jwk as JsonObject, alg, jkt);
    if (!(await key.verify(signed, signature))) throw invalid('is not signed by its key');
    if (claims['htm'] !== request.method) throw invalid('is for another method');
    if (addressOf(claims['htu']) !== addressOf(request.url)) throw invalid('is for another address');
    const { iat, jti } = claims;
    if (typeof iat !== 'number' || Math.abs(now - iat) > windowSec + tolerance) throw invalid('is not of this minute');
    if (claims['ath'] !== encodeBase64Url(await sha256(token))) throw invalid('is for another token');
    if (typeof jti !== 'string' || jti === '' || jti.length > 200) throw invalid('has no id');
    // The window reaches to both sides of now.
    if (!this.#seen.add(`${jkt} ${jti}`, now, (windowSec + tolerance) * 2)) throw invalid('was used before');
  }
}
