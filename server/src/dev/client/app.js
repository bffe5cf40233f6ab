// The demo application. Read it from top to bottom: it is a single-page application's whole sign-in.
//
//   app.js          this file: what an application of yours would contain
//   tokens.js       what a token is made of: decode it, compare two, check its signature
//   token-view.js   draws a token
//   calls.js        the list of requests; worker.js adds those that the SDK makes in its worker
//   vendor/         Auth0's SDK, exactly as it comes in the npm package @auth0/auth0-spa-js

import { callApi, listCalls, recordReturn, revoke, visit, workerUrl } from './calls.js';
import { settings } from './settings.js';
import { texts } from './texts.js';
import { expiryOf, fillIn, showToken } from './token-view.js';
import { changedClaims, decode } from './tokens.js';
import { Auth0Client } from './vendor/auth0-spa-js.js';

const locale = document.documentElement.lang;
const text = texts[locale];
const home = `${location.origin}/demo/`;
const find = (id) => document.getElementById(id);

// ── 1. Set up the SDK ────────────────────────────────────────────────────────────────────────────────────────────

const auth0 = new Auth0Client({
  // Normally a bare host name, to which the SDK adds https://. On this machine the server speaks plain http,
  // and the SDK takes the scheme too if it is given.
  domain: location.origin,
  clientId: settings.clientId,

  // Where the tokens are kept. In memory, no script that sneaks into the page later can read them from the browser's
  // storage; the refresh token even stays in a worker, out of reach of this very file. The price: a reload forgets
  // them. `useRefreshTokensFallback` pays it: the SDK then asks the server in a hidden frame whether this browser
  // still has a session, and gets new tokens without any page being shown.
  cacheLocation: 'memory',
  useRefreshTokens: true,
  useRefreshTokensFallback: true,

  // The SDK can make its worker by itself, from a blob: address. Naming a file lets this page's content security
  // policy forbid blob: scripts. (This one is the package's worker plus a few lines that report its requests.)
  workerUrl,

  authorizationParams: {
    // Where the server sends the browser back to. It must be registered with the application, letter by letter.
    redirect_uri: home,
    // The API that the access token is for. Without an audience the access token is good for /userinfo only.
    audience: settings.audience,
    // openid, profile, email: what the ID token says. offline_access: a refresh token. read:demo: a right in the API.
    scope: 'openid profile email offline_access read:demo',
    // The sign-in pages speak the language of this page.
    ui_locales: locale,
  },
});

// ── 2. Log in, sign up, log out ──────────────────────────────────────────────────────────────────────────────────
// Each leaves this page: passwords are typed on the server's pages only. Without `openUrl` the SDK would go there by
// itself; `visit` does the same and writes the address into the list of requests first.

const logIn = () => auth0.loginWithRedirect({ openUrl: visit });

const signUp = () => auth0.loginWithRedirect({ authorizationParams: { screen_hint: 'signup' }, openUrl: visit });

const logOut = () => auth0.logout({ logoutParams: { returnTo: home }, openUrl: visit });

// ── 3. Come back ─────────────────────────────────────────────────────────────────────────────────────────────────

async function start() {
  const query = new URLSearchParams(location.search);
  const returning = query.has('state') && (query.has('code') || query.has('error'));
  try {
    if (returning) {
      recordReturn();
      // Checks that `state` is the one this tab sent, exchanges the code for tokens, and checks the ID token:
      // issuer, audience, times, and the nonce that this tab sent.
      await auth0.handleRedirectCallback();
    } else {
      // After a reload: quietly get new tokens if this browser still has a session.
      await auth0.checkSession();
    }
  } finally {
    // The code is spent. Off the address bar, so that a reload doesn't try it again.
    if (returning) history.replaceState(null, '', '/demo/');
    await render();
  }
}

// ── 4. Use the tokens ────────────────────────────────────────────────────────────────────────────────────────────

// The right way. getTokenSilently answers from memory while the access token is valid and refreshes it when it isn't,
// so ask it before every call instead of keeping the token yourself.
async function callWithAccessToken() {
  showAnswer(await callApi(await auth0.getTokenSilently()));
}

// The wrong way, to see the refusal: an ID token is for the application, not for an API.
async function callWithIdToken() {
  const { __raw: idToken } = await auth0.getIdTokenClaims();
  showAnswer(await callApi(idToken));
}

// An application never needs to do this by hand; `cacheMode: 'off'` forces what otherwise happens at expiry.
async function refresh() {
  const before = await auth0.getTokenSilently();
  const after = await auth0.getTokenSilently({ cacheMode: 'off' });
  await render();
  const claims = changedClaims(decode(before), decode(after)).join(', ');
  find('api-result').replaceChildren(paragraph(fillIn(text.refreshed, { claims }), 'good'));
}

// What an ordinary JWT cannot: end before its time. Nothing in the token changes, and no API asks the server about it; each
// follows the server's revocation feed. A log-out, a blocked user or a lost role end tokens in the same way.
async function takeBack() {
  const token = await auth0.getTokenSilently();
  await revoke(settings.clientId, token);
  const answeredAt = performance.now();
  let answer = await callApi(token);
  while (answer.status === 200) answer = await callApi(token);
  const ms = Math.round(performance.now() - answeredAt);
  showAnswer(answer, fillIn(text.takenBack, { ms, expires: expiryOf(decode(token), text) }));
}

// ── 5. Show it ───────────────────────────────────────────────────────────────────────────────────────────────────

async function render() {
  const user = await auth0.getUser();
  find('checking').hidden = true;
  find('signed-out').hidden = Boolean(user);
  find('signed-in').hidden = !user;
  find('tokens').hidden = !user;
  if (!user) return;

  // These come from the ID token. The name is put in as text, never as HTML: users choose it themselves.
  const name = user.name ?? user.email ?? user.sub;
  const verified = user.email_verified ? text.emailVerified : text.emailNotVerified;
  const details = [user.email !== name && user.email, user.email && verified];
  find('user-name').textContent = name;
  find('user-detail').textContent = details.filter(Boolean).join(' · ');
  showAvatar(find('user-avatar'), user);

  showToken(find('id-token'), (await auth0.getIdTokenClaims()).__raw, text, text.claims.id);
  showToken(find('access-token'), await auth0.getTokenSilently(), text, text.claims.access);
}

/** Where pictures are that nobody has chosen: its host would learn who signs in here. */
const madeUp = 'https://s.gravatar.com/';

/** The first letter of the name, until the user's own picture is there (if there is one and it can be loaded). */
function showAvatar(place, { name, email, picture }) {
  place.textContent = (name ?? email ?? '?').slice(0, 1).toUpperCase();
  if (!picture || picture.startsWith(madeUp)) return;
  const image = new Image();
  image.alt = '';
  image.referrerPolicy = 'no-referrer';
  image.addEventListener('load', () => place.replaceChildren(image));
  image.src = picture;
}

/** What the API answered, and what that means. */
function showAnswer({ status, body }, sentence = meaningOf(status, body)) {
  const answer = document.createElement('pre');
  answer.tabIndex = 0;
  answer.textContent = `HTTP ${status}\n${JSON.stringify(body, null, 2)}`;
  find('api-result').replaceChildren(paragraph(sentence, status === 200 ? 'good' : 'bad'), answer);
}

function meaningOf(status, body) {
  const meaning = {
    'id-token': text.refusedIdToken,
    expired: text.refusedExpired,
    'wrong-audience': text.refusedAudience,
    revoked: text.refusedRevoked,
    scope: text.refusedScope,
  };
  return status === 200 ? text.accepted : (meaning[body.reason] ?? text.refused);
}

function paragraph(content, className) {
  const element = document.createElement('p');
  element.className = className;
  element.textContent = content;
  return element;
}

/** A kind sentence for what went wrong. The SDK's errors carry OAuth's code in `error`. */
function showProblem(error) {
  const unreachable = /failed to fetch|networkerror|load failed|timeout/i.test(error.message);
  const code = unreachable ? 'network' : error.error;
  const detail = error.error ? `${error.error}: ${error.error_description ?? error.message}` : error.message;
  find('problem').replaceChildren(paragraph(text.problems[code] ?? text.problems.other), paragraph(detail, 'muted'));
  find('problem').hidden = false;
}

/** Runs one of the actions above while its button is out of action, and shows what went wrong. */
async function attempt(action, button) {
  find('problem').hidden = true;
  if (button) button.disabled = true;
  try {
    await action();
  } catch (error) {
    console.error(error);
    showProblem(error);
  } finally {
    if (button) button.disabled = false;
  }
}

const actions = {
  login: logIn,
  signup: signUp,
  logout: logOut,
  'call-api': callWithAccessToken,
  'call-api-id-token': callWithIdToken,
  refresh,
  'take-back': takeBack,
};
for (const [id, action] of Object.entries(actions)) {
  find(id).addEventListener('click', (event) => attempt(action, event.currentTarget));
}

find('checking').hidden = false;
listCalls(find('calls'), find('no-calls'), find('clear-calls'), text.calls);
attempt(start);
