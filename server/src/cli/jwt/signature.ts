// Owns the verdict on a signature: which key may have made it, and whether one did.
import { hmacAlgorithms, minimumSecretBytes, type ReadKey, verifyingHalf } from '#crypto/key-text';
import type { Check } from './check.ts';
import type { KeySource } from './keys.ts';
import type { Session } from './session.ts';
import type { SignedToken } from './token.ts';
import { brief } from './value.ts';

type Failure = Pick<Check, 'sentence' | 'remedy'>;

/** What condemns the token before any key is tried. */
function refusedAtOnce(
  { header, signature, duplicates }: SignedToken,
  { verify, ...texts }: Session['texts'],
): Failure | undefined {
  const isUnsigned = signature.length === 0 || String(header['alg']).toLowerCase() === 'none';
  if (isUnsigned) return { sentence: verify.none, remedy: verify.noneRemedy };
  if (header['crit'] !== undefined) {
    const names = texts.list([header['crit']].flat().map((name) => brief(name)));
    return { sentence: verify.crit(names), remedy: verify.critRemedy };
  }
  if (duplicates.length === 0) return undefined;
  const names = texts.list(duplicates.map((name) => brief(name)));
  return { sentence: verify.duplicates(names), remedy: verify.duplicatesRemedy };
}

/** The keys that may be tried: by `kid` where a set has several, and only with an algorithm that is the key's own. */
function candidates(
  { header }: SignedToken,
  { keys }: KeySource,
  allowed: readonly string[],
  { verify, list }: Session['texts'],
): ReadKey[] | Failure {
  const alg = String(header['alg']);
  const named = keys.filter(({ kid }) => header['kid'] === undefined || kid === undefined || kid === header['kid']);
  if (named.length === 0) {
    const known = list(keys.map(({ kid }) => brief(kid)));
    return { sentence: verify.noKid(brief(header['kid']), known), remedy: verify.noKidRemedy };
  }
  const fitting = named.filter(({ algorithms }) => algorithms.includes(alg));
  if (fitting.length === 0) {
    const possible = list([...new Set(named.flatMap(({ algorithms }) => algorithms))]);
    return { sentence: verify.noMatchingAlg(brief(alg), possible), remedy: verify.noMatchingAlgRemedy };
  }
  if (allowed.length === 0 || allowed.includes(alg)) return fitting;
  return { sentence: verify.notAllowedAlg(brief(alg), list([...allowed])), remedy: verify.noMatchingAlgRemedy };
}

type Outcome = 'fits' | 'wrong' | { readonly reason: string };

async function tryKey(token: SignedToken, key: ReadKey['key'], algorithm: string): Promise<Outcome> {
  const { compactVerify, errors } = await import('jose');
  try {
    await compactVerify(token.text, key, { algorithms: [algorithm] });
    return 'fits';
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong';
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function success(alg: string, read: ReadKey, { origin }: KeySource, { verify }: Session['texts']): Check {
  const by =
    origin === undefined ? verify.secret : verify.key(read.kid === undefined ? undefined : brief(read.kid), origin);
  const bytes = read.key.symmetricKeySize ?? Infinity;
  const isWeak = hmacAlgorithms.includes(alg) && bytes < minimumSecretBytes(alg);
  const warning = isWeak ? { warning: verify.weakSecret(bytes, alg) } : {};
  return { name: 'signature', state: 'passed', sentence: verify.signedBy(alg, by), ...warning };
}

/** Checks the signature with the keys of the source. `allowed` narrows the algorithms, unless it is empty. */
export async function checkSignature(
  token: SignedToken,
  source: KeySource,
  allowed: readonly string[],
  texts: Session['texts'],
): Promise<Check> {
  const failed = (failure: Failure): Check => ({ name: 'signature', state: 'failed', ...failure });
  const refused = refusedAtOnce(token, texts);
  if (refused) return failed(refused);
  const possible = candidates(token, source, allowed, texts);
  if (!Array.isArray(possible)) return failed(possible);
  const alg = String(token.header['alg']);
  const { wrongSignature, wrongSignatureRemedy, unusableKey, unusableKeyRemedy } = texts.verify;
  let verdict: Failure = { sentence: wrongSignature, remedy: wrongSignatureRemedy };
  for (const read of possible) {
    const outcome = await tryKey(token, verifyingHalf(read).key, alg);
    if (outcome === 'fits') return success(alg, read, source, texts);
    if (outcome !== 'wrong') verdict = { sentence: unusableKey(brief(outcome.reason)), remedy: unusableKeyRemedy };
  }
  return failed(verdict);
}
