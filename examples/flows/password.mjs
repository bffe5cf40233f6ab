// A trusted application of your own asks for the password itself: the password grant, with the connection as its realm.
// It is off until it is switched on for an application; a page of the server is nearly always better.
const { ISSUER, CLIENT_ID, CLIENT_SECRET, USER_EMAIL, USER_PASSWORD } = process.env;

const response = await fetch(new URL('oauth/token', ISSUER), {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'http://auth0.com/oauth/grant-type/password-realm',
    realm: 'Username-Password-Authentication',
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    username: USER_EMAIL,
    password: USER_PASSWORD,
    scope: 'openid profile',
  }),
});
console.log('Answer:', Object.keys(await response.json()).join(' '));
