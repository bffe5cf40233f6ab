// An API calls another for the person who called it: token exchange with delegation (RFC 8693).
import { decodeJwt } from 'jose';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, SUBJECT_TOKEN, DOWNSTREAM } = process.env;

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    subject_token: SUBJECT_TOKEN,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: DOWNSTREAM,
  }),
});
const { access_token } = await response.json();
const { sub, aud, act } = decodeJwt(access_token);
console.log('For:', sub, '· at:', aud, '· acting:', act.sub);
