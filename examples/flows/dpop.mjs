// A job whose tokens are bound to its key: a stolen one is worth nothing without it (RFC 9449).
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCE } = process.env;

const { publicKey, privateKey } = await generateKeyPair('ES256');
const jwk = await exportJWK(publicKey);

/** A proof for one request. `ath` is told where an access token goes with it; `nonce` once the server has given one. */
function prove(method, url, { accessToken, nonce } = {}) {
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
  return new SignJWT({ htm: method, htu: url, jti: crypto.randomUUID(), nonce, ath })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .setIssuedAt()
    .sign(privateKey);
}

const endpoint = new URL('oauth/token', ISSUER).href;
const credentials = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

async function ask(nonce) {
  return fetch(endpoint, {
    method: 'POST',
    headers: { DPoP: await prove('POST', endpoint, { nonce }) },
    body: new URLSearchParams({ grant_type: 'client_credentials', audience: AUDIENCE, ...credentials }),
  });
}

// The first answer may ask for a nonce, which it brings; the same request with it is accepted.
let response = await ask();
if (response.status === 400) response = await ask(response.headers.get('dpop-nonce'));
const { access_token: accessToken, token_type: type } = await response.json();
const { cnf } = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString());
console.log(`Type: ${type} · bound to: ${cnf.jkt}`);

// An API is asked with `Authorization: DPoP …` and a proof of that request.
const url = 'https://api.example.com/things';
const proof = await prove('GET', url, { accessToken });
console.log(`Authorization: DPoP ${accessToken.slice(0, 12)}…`);
console.log(`DPoP: ${proof.slice(0, 12)}…`);
