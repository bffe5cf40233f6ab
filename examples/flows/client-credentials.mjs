// A server calls an API in its own name: client credentials.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCE } = process.env;

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    grant_type: 'client_credentials',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    audience: AUDIENCE,
  }),
});
const { access_token, expires_in, scope } = await response.json();
console.log('Access token:', access_token.slice(0, 20), '…');
console.log('Scope:', scope, '· seconds:', expires_in);
