// Owns the cases about tokens that are bound to a key or a certificate.
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { type Claims, keys, now, printOf, sign } from './signing.ts';
import { accepts, base, refuses } from './token-cases.ts';

export async function bindings() {
  const publicJwk = await exportJWK(keys.dpop);
  const { d: _, ...jwk } = publicJwk;
  const jkt = await calculateJwkThumbprint(jwk);
  const bound = { ...base, cnf: { jkt } };
  const token = await sign(bound);
  const url = 'https://api.example.com/things';
  const ath = createHash('sha256').update(token).digest('base64url');
  const proofOf = (claims: Claims, header: Claims = {}) =>
    sign(
      { jti: 'proof-1', htm: 'GET', htu: url, iat: now, ath, ...claims },
      { alg: 'ES256', typ: 'dpop+jwt', kid: undefined, jwk, ...header },
      'dpop',
    );
  const dpop = (proof: string | undefined, more: Claims = {}) => ({
    authorizationScheme: 'DPoP',
    dpop: { method: 'GET', url, ...(proof === undefined ? {} : { proof }), ...more },
  });
  const good = await proofOf({});
  await accepts('bound to a key, with a proof', bound, { options: dpop(good) });
  await accepts('the address of a proof has no query', bound, {
    options: dpop(await proofOf({ jti: 'proof-3' }), { url: `${url}?page=2#top` }),
  });
  await refuses('missing_proof', 'bound to a key, without a proof', bound, { options: dpop(undefined) });
  await refuses('missing_proof', 'bound to a key, sent as a bearer', bound);
  await refuses('invalid_proof', 'a proof for a token that is bound to nothing', base, { options: dpop(good) });
  await refuses('invalid_proof', 'a proof for another method', bound, { options: dpop(good, { method: 'POST' }) });
  await refuses('invalid_proof', 'a proof for another address', bound, { options: dpop(good, { url: `${url}/1` }) });
  await refuses('invalid_proof', 'an old proof', bound, { options: dpop(await proofOf({ iat: now - 66 })) });
  await refuses('invalid_proof', 'a proof from the future', bound, { options: dpop(await proofOf({ iat: now + 66 })) });
  await refuses('invalid_proof', 'a proof for another token', bound, {
    options: dpop(await proofOf({ ath: printOf('x') })),
  });
  await refuses('invalid_proof', 'a proof for no token', bound, { options: dpop(await proofOf({ ath: undefined })) });
  await refuses('invalid_proof', 'a proof without an id', bound, { options: dpop(await proofOf({ jti: undefined })) });
  await refuses('invalid_proof', 'a proof of another type', bound, {
    options: dpop(await proofOf({}, { typ: 'JWT' })),
  });
  await refuses('invalid_proof', 'a proof with a private key', bound, {
    options: dpop(await proofOf({}, { jwk: publicJwk })),
  });
  const stranger = await exportJWK(keys.ES256);
  const { d: __, ...strangerJwk } = stranger;
  const foreign = await sign(
    { jti: 'proof-2', htm: 'GET', htu: url, iat: now, ath },
    { alg: 'ES256', typ: 'dpop+jwt', kid: undefined, jwk: strangerJwk },
    'ES256',
  );
  await refuses('invalid_proof', 'a proof of another key', bound, { options: dpop(foreign) });
  await refuses('invalid_proof', 'a proof that another key signed', bound, {
    options: dpop(
      await sign(
        { jti: 'p', htm: 'GET', htu: url, iat: now, ath },
        { alg: 'ES256', typ: 'dpop+jwt', kid: undefined, jwk },
        'ES256',
      ),
    ),
  });
  const certificate = { ...base, cnf: { 'x5t#S256': printOf('certificate') } };
  await accepts('bound to a certificate that is shown', certificate, {
    options: { certificateThumbprint: printOf('certificate') },
  });
  await refuses('missing_certificate', 'bound to a certificate that is not shown', certificate);
  await refuses('missing_certificate', 'bound to another certificate', certificate, {
    options: { certificateThumbprint: printOf('x') },
  });
}
