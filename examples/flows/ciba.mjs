// A server has a person confirm something on a screen of their own: client-initiated backchannel authentication.
import { setTimeout as wait } from 'node:timers/promises';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, USER_ID } = process.env;

async function post(path, parameters) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...parameters });
  const response = await fetch(new URL(path, ISSUER), { method: 'POST', body });
  return response.json();
}

const begun = await post('bc-authorize', {
  scope: 'openid',
  login_hint: JSON.stringify({ format: 'iss_sub', iss: ISSUER, sub: USER_ID }),
  binding_message: 'Transfer 42',
});
// The server has told them by now; what waits for them is listed here as well.
console.log(`Open in a browser: ${new URL('u/approvals', ISSUER)}`);

let { interval } = begun;
let tokens;
do {
  await wait(interval * 1000);
  tokens = await post('oauth/token', {
    grant_type: 'urn:openid:params:grant-type:ciba',
    auth_req_id: begun.auth_req_id,
  });
  if (tokens.error === 'slow_down') interval += 5;
} while (['authorization_pending', 'slow_down'].includes(tokens.error));
if (tokens.error) throw new Error(tokens.error_description);
console.log('Tokens:', Object.keys(tokens).join(' '));
