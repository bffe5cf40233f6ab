// A bank's application sends its request from server to server and gets a signed answer: PAR, JAR and JARM.
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRemoteJWKSet, importPKCS8, jwtVerify, SignJWT } from 'jose';
import { signIn } from './sign-in.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PRIVATE_KEY, CALLBACK } = process.env;
const verifier = randomBytes(32).toString('base64url');

const key = await importPKCS8(await readFile(PRIVATE_KEY, 'utf8'), 'ES256');
const request = await new SignJWT({
  client_id: CLIENT_ID,
  redirect_uri: CALLBACK,
  response_type: 'code',
  response_mode: 'jwt',
  scope: 'openid',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
})
  .setProtectedHeader({ alg: 'ES256', typ: 'oauth-authz-req+jwt' })
  .setIssuer(CLIENT_ID)
  .setAudience(ISSUER)
  .setNotBefore('0s')
  .setExpirationTime('5m')
  .sign(key);

async function post(path, parameters) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...parameters });
  return (await fetch(new URL(path, ISSUER), { method: 'POST', body })).json();
}

const { request_uri } = await post('oauth/par', { request });
const authorize = new URL('authorize', ISSUER);
authorize.search = new URLSearchParams({ client_id: CLIENT_ID, request_uri });
const answer = await signIn(authorize);

const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', ISSUER));
const { payload } = await jwtVerify(answer.get('response'), keys, { issuer: ISSUER, audience: CLIENT_ID });
const tokens = await post('oauth/token', {
  grant_type: 'authorization_code',
  code: payload.code,
  redirect_uri: CALLBACK,
  code_verifier: verifier,
});
console.log('Tokens:', Object.keys(tokens).join(' '));
