// An application brings the word of another issuer, which the server trusts, about who the person is: JWT bearer.
import { randomUUID, sign } from 'node:crypto';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCE, USER_EMAIL, PARTNER, PARTNER_KEY } = process.env;

// The other issuer does this part, and has signed the person in by its own means.
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = { iss: PARTNER, aud: ISSUER, sub: 'u-1', email: USER_EMAIL, email_verified: true };
const input = `${encode({ alg: 'EdDSA' })}.${encode({ ...claims, iat: now, exp: now + 300, jti: randomUUID() })}`;
const assertion = `${input}.${sign(null, Buffer.from(input), PARTNER_KEY).toString('base64url')}`;

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    assertion,
    audience: AUDIENCE,
  }),
});
const tokens = await response.json();
if (!response.ok) throw new Error(`${tokens.error}: ${tokens.error_description}`);
console.log('Access token:', tokens.access_token.slice(0, 20), '…');
console.log('Scope:', tokens.scope, '· seconds:', tokens.expires_in);
