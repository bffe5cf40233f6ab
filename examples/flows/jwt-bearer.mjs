// Another identity provider's word for a person is exchanged for our tokens: JWT bearer (RFC 7523 §2.1).
const { ISSUER, CLIENT_ID, CLIENT_SECRET, ASSERTION, AUDIENCE } = process.env;

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    assertion: ASSERTION,
    audience: AUDIENCE,
  }),
});
console.log('Answer:', Object.keys(await response.json()).join(' '));
