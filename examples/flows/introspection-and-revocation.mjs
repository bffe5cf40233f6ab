// An application asks about a token of its own, and gives it back: introspection (RFC 7662), revocation (RFC 7009).
const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCE } = process.env;

async function post(path, parameters) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...parameters });
  return fetch(new URL(path, ISSUER), { method: 'POST', body });
}

const { access_token } = await (
  await post('oauth/token', { grant_type: 'client_credentials', audience: AUDIENCE })
).json();
const ask = async () => (await post('oauth/introspect', { token: access_token })).json();

console.log('Active:', (await ask()).active);
await post('oauth/revoke', { token: access_token });
console.log('Active after it was revoked:', (await ask()).active);
