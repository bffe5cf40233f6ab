// Owns GET /.well-known/jwks.json: the published halves of the keys, signing and encryption (RFC 7517 §5).
import { sha256 } from '#crypto/digest';
import type { Context } from '#domain/context';
import { publishedEncryptionKeys } from '#domain/encryption-keys';
import type { KeySet } from '#domain/signing-keys';
import { corsPublic } from '#http/cors';
import { type ReadyMade, readyMade, sendReadyMade } from '#http/ready-made';
import type { Handler } from './route.ts';

/** By the signing keys; it is good as long as the encryption keys are the same, too. */
const answers = new WeakMap<KeySet, { readonly encryption: readonly unknown[]; readonly answer: ReadyMade }>();

async function answerFor(ctx: Context): Promise<ReadyMade> {
  const { jwks } = ctx.keys;
  const encryption = await publishedEncryptionKeys(ctx);
  const known = answers.get(jwks);
  if (known?.encryption === encryption) return known.answer;
  // Signing keys first: that is what nearly everybody comes for.
  const body = JSON.stringify({ keys: [...jwks.keys, ...encryption] });
  const answer = readyMade(body, sha256(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=15, stale-while-revalidate=15, stale-if-error=86400',
    ...corsPublic,
  });
  answers.set(jwks, { encryption, answer });
  return answer;
}

export const jwks: Handler = async ({ ctx }, request, reply) => sendReadyMade(request, reply, await answerFor(ctx));
