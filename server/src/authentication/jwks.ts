// Owns GET /.well-known/jwks.json: the published halves of the signing keys (RFC 7517 §5).
import { sha256 } from '#crypto/digest';
import type { KeySet } from '#domain/signing-keys';
import { corsPublic } from '#http/cors';
import { type ReadyMade, readyMade, sendReadyMade } from '#http/ready-made';
import type { Handler } from './route.ts';

const answers = new WeakMap<KeySet, ReadyMade>();

function answerFor(keys: KeySet): ReadyMade {
  const known = answers.get(keys);
  if (known) return known;
  const body = JSON.stringify(keys);
  const fresh = readyMade(body, sha256(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=15, stale-while-revalidate=15, stale-if-error=86400',
    ...corsPublic,
  });
  answers.set(keys, fresh);
  return fresh;
}

export const jwks: Handler = async ({ ctx }, request, reply) => sendReadyMade(request, reply, answerFor(ctx.keys.jwks));
