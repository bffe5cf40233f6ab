// An application that is trusted with passwords signs a person in without a page, in the realm that it names.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCE, USER_EMAIL, USER_PASSWORD } = process.env;

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    grant_type: 'http://auth0.com/oauth/grant-type/password-realm',
    realm: 'Username-Password-Authentication',
    username: USER_EMAIL,
    password: USER_PASSWORD,
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    audience: AUDIENCE,
    scope: 'openid email read:things',
  }),
});
const tokens = await response.json();
if (!response.ok) throw new Error(`${tokens.error}: ${tokens.error_description}`);
console.log('Tokens:', Object.keys(tokens).join(' '));
console.log('Scope:', tokens.scope);
