// A server proves itself by a signature instead of a secret: private_key_jwt (RFC 7523 §2.2).
import { readFile } from 'node:fs/promises';
import { importPKCS8, SignJWT } from 'jose';

const { ISSUER, CLIENT_ID, PRIVATE_KEY, AUDIENCE } = process.env;

const key = await importPKCS8(await readFile(PRIVATE_KEY, 'utf8'), 'ES256');
const assertion = await new SignJWT()
  .setProtectedHeader({ alg: 'ES256' })
  .setIssuer(CLIENT_ID)
  .setSubject(CLIENT_ID)
  .setAudience(ISSUER)
  .setJti(crypto.randomUUID())
  .setIssuedAt()
  .setExpirationTime('1m')
  .sign(key);

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    audience: AUDIENCE,
  }),
});
console.log('Answer:', Object.keys(await response.json()).join(' '));
