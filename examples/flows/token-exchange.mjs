// An API that was called with a person's token calls another API for them: token exchange.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORDERS_AUDIENCE, SUBJECT_TOKEN } = process.env;

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    subject_token: SUBJECT_TOKEN,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: ORDERS_AUDIENCE,
  }),
});
const exchanged = await response.json();
if (!response.ok) throw new Error(`${exchanged.error}: ${exchanged.error_description}`);
const { sub, aud, act } = JSON.parse(Buffer.from(exchanged.access_token.split('.')[1], 'base64url'));
console.log('For:', sub, '· at:', aud, '· acting:', act.sub);
console.log('Scope:', exchanged.scope, '· type:', exchanged.issued_token_type);
