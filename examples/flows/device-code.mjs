// A device without a browser signs a person in: it shows a code, and asks until they have allowed it elsewhere.
import { setTimeout as wait } from 'node:timers/promises';

const { ISSUER, CLIENT_ID, AUDIENCE } = process.env;

async function post(path, parameters) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, ...parameters });
  const response = await fetch(new URL(path, ISSUER), { method: 'POST', body });
  return response.json();
}

const begun = await post('oauth/device/code', { scope: 'openid offline_access', audience: AUDIENCE });
console.log(`The code: ${begun.user_code}`);
console.log(`Open in a browser: ${begun.verification_uri_complete}`);

let { interval } = begun;
let tokens;
do {
  await wait(interval * 1000);
  tokens = await post('oauth/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: begun.device_code,
  });
  if (tokens.error === 'slow_down') interval += 5;
} while (['authorization_pending', 'slow_down'].includes(tokens.error));
if (tokens.error) throw new Error(tokens.error_description);
console.log('Tokens:', Object.keys(tokens).join(' '));
