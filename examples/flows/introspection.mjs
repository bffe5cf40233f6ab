// An API asks whether a token that it was called with is worth anything, before and after the application gives it back.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, SUBJECT_TOKEN, FRONT_CLIENT_ID, FRONT_CLIENT_SECRET } = process.env;

async function post(path, parameters) {
  const response = await fetch(new URL(path, ISSUER), { method: 'POST', body: new URLSearchParams(parameters) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.text();
}

async function ask() {
  const api = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
  return JSON.parse(await post('oauth/introspect', { ...api, token: SUBJECT_TOKEN }));
}

const told = await ask();
console.log('Active:', told.active, '· scope:', told.scope, '· issued to:', told.client_id);

const front = { client_id: FRONT_CLIENT_ID, client_secret: FRONT_CLIENT_SECRET };
await post('oauth/revoke', { ...front, token: SUBJECT_TOKEN });
console.log('After it was given back:', (await ask()).active ? 'active' : 'ended');
