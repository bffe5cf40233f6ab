// Owns the test vectors that the verifiers of all languages read: run it when a rule changes, and look at the difference.
import { exportJWK } from 'jose';
import { bindings } from './binding-cases.ts';
import { pages, streams } from './feed-cases.ts';
import { audience, issuer, keys, now, printOf, signed, write } from './signing.ts';
import { cases, claims, forms, made, revocations, signatures, texts, wrongKinds } from './token-cases.ts';

async function publicKeys() {
  const published = Object.entries(keys).filter(([name]) => name !== 'stranger' && name !== 'dpop');
  const all = await Promise.all(
    published.map(async ([alg, key]) => {
      const { kty, n, e, crv, x, y } = await exportJWK(key);
      return { kty, use: 'sig', alg, kid: alg, n, e, crv, x, y };
    }),
  );
  const es384 = all.find(({ alg }) => alg === 'ES384');
  return { keys: [...all, { ...es384, kid: 'ES384-revoked' }] };
}

await forms();
await wrongKinds();
await signatures();
await claims();
const revoked = await revocations();
await bindings();
const jwks = await publicKeys();
write('tokens.json', { issuer, audience, now, jwks, feed: { position: made + 100, revoked }, cases });
write('pages.json', { issuer, now, jwks, cases: await pages() });
write('streams.json', { cases: streams() });
const words = [...Object.values(texts), 'key:abc', 'session:', 'client-audience:アプリ https://例え.jp/ 🎌'];
write('fingerprints.json', { cases: words.map((text) => ({ text, fingerprint: printOf(text) })) });
write('signed.json', signed);
