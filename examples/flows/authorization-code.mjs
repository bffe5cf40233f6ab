// A web application signs a person in: authorization code with PKCE, then it refreshes.
import { createHash, randomBytes } from 'node:crypto';
import { signIn } from './sign-in.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CALLBACK, AUDIENCE } = process.env;
const random = () => randomBytes(32).toString('base64url');
const verifier = random();
const state = random();

const authorize = new URL('authorize', ISSUER);
authorize.search = new URLSearchParams({
  client_id: CLIENT_ID,
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid email offline_access',
  audience: AUDIENCE,
  state,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
});
const answer = await signIn(authorize);
if (answer.get('state') !== state || answer.get('iss') !== ISSUER) throw new Error('This answer is not for us.');

async function token(parameters) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...parameters });
  const response = await fetch(new URL('oauth/token', ISSUER), { method: 'POST', body });
  return response.json();
}

const tokens = await token({
  grant_type: 'authorization_code',
  code: answer.get('code'),
  redirect_uri: CALLBACK,
  code_verifier: verifier,
});
console.log('Tokens:', Object.keys(tokens).join(' '));

const refreshed = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
console.log('Refreshed:', refreshed.refresh_token !== tokens.refresh_token);
