// An older application takes an ID token from the front channel and a code for the rest: the hybrid flow.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { signIn } from './sign-in.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CALLBACK } = process.env;
const nonce = crypto.randomUUID();

const authorize = new URL('authorize', ISSUER);
authorize.search = new URLSearchParams({
  client_id: CLIENT_ID,
  redirect_uri: CALLBACK,
  response_type: 'code id_token',
  response_mode: 'form_post',
  scope: 'openid email',
  nonce,
});
const answer = await signIn(authorize);

const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', ISSUER));
const { payload } = await jwtVerify(answer.get('id_token'), keys, { issuer: ISSUER, audience: CLIENT_ID });
if (payload.nonce !== nonce) throw new Error('This answer is not for us.');
console.log('Signed in:', payload.email);

const body = new URLSearchParams({
  grant_type: 'authorization_code',
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  code: answer.get('code'),
  redirect_uri: CALLBACK,
});
const response = await fetch(new URL('oauth/token', ISSUER), { method: 'POST', body });
console.log('Tokens:', Object.keys(await response.json()).join(' '));
