// An application registers itself, reads what was registered, and leaves: dynamic registration (RFC 7591, RFC 7592).
const { ISSUER } = process.env;

const response = await fetch(new URL('oidc/register', ISSUER), {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ client_name: 'Registered by itself', redirect_uris: ['https://app.example.com/callback'] }),
});
const { client_id, registration_client_uri, registration_access_token } = await response.json();
console.log('Registered:', client_id);

const headers = { authorization: `Bearer ${registration_access_token}` };
const { client_name } = await (await fetch(registration_client_uri, { headers })).json();
console.log('Name:', client_name);
const gone = await fetch(registration_client_uri, { method: 'DELETE', headers });
console.log('Gone:', gone.status === 204);
