// The list of requests that the demo makes. An application doesn't need this file; somebody who learns does.
//
// Five sources: pages that the browser visits, pages that it comes back from, fetch() in this page,
// fetch() in the SDK's worker, and the hidden frame in which the SDK asks for a session.

const storageKey = 'demo-calls';
const channelName = `demo-calls-${crypto.randomUUID()}`;
const tooLong = 28;

/** The SDK's worker, told on which channel to report its requests. */
export const workerUrl = `/demo/worker.js?channel=${channelName}`;

// In the tab's storage, because signing in leaves this page and comes back.
const calls = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
let draw = () => {};

function record(call) {
  calls.push(call);
  sessionStorage.setItem(storageKey, JSON.stringify(calls.slice(-50)));
  draw();
}

// Secrets are shortened before they are stored: what is shown here is for the eye.
const shorten = (value) => (value.length > tooLong ? `${value.slice(0, tooLong)}…` : value);

function parametersOf(searchParams) {
  return [...searchParams].map(([name, value]) => [
    name,
    ['scope', 'redirect_uri', 'returnTo', 'audience', 'error_description'].includes(name) ? value : shorten(value),
  ]);
}

function describe(from, method, address, status, body) {
  const url = new URL(address, location.origin);
  const form = new URLSearchParams(body ?? '');
  const parameters = parametersOf(url.searchParams).concat(parametersOf(form));
  return { from, method, path: url.pathname, status, parameters, kind: kindOf(url, form) };
}

function kindOf({ pathname, searchParams }, form) {
  if (pathname === '/authorize') return searchParams.get('prompt') === 'none' ? 'silent' : 'authorize';
  if (pathname === '/oauth/token') return form.get('grant_type') === 'refresh_token' ? 'refresh' : 'code';
  if (pathname === '/demo/') return searchParams.has('error') ? 'callbackError' : 'callback';
  if (pathname === '/.well-known/jwks.json') return 'jwks';
  if (pathname === '/v2/logout') return 'logout';
  if (pathname === '/oauth/revoke') return 'revoke';
  return pathname.startsWith('/demo/api/') ? 'api' : 'other';
}

/** Goes to another page, and remembers it. */
export function visit(url) {
  record(describe('page', 'GET', url));
  location.assign(url);
}

/** Remembers that the browser came back to this page with a code or an error. */
export const recordReturn = () => record(describe('page', 'GET', location.href));

/** Calls the demo API with a bearer token. Answers the status and the JSON body. */
export async function callApi(token) {
  const response = await fetch('/demo/api/hello', { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}

/** Takes a token back (RFC 7009). */
export async function revoke(clientId, token) {
  const body = new URLSearchParams({ client_id: clientId, token });
  const { ok, status } = await fetch('/oauth/revoke', { method: 'POST', body });
  if (!ok) throw new Error(`HTTP ${status}`);
}

// fetch() in this page.
const plainFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  const call = describe('fetch', init?.method ?? 'GET', input.url ?? input, response.status, init?.body);
  const bearer = new Headers(init?.headers).get('authorization');
  if (bearer) call.parameters.push(['Authorization', shorten(bearer)]);
  record(call);
  return response;
};

// fetch() in the worker.
new BroadcastChannel(channelName).addEventListener('message', ({ data }) =>
  record(describe('worker', data.method, data.url, data.status, data.body)),
);

// The hidden frame. The browser's own timing entries know it.
new PerformanceObserver((list) => {
  for (const { initiatorType, name, responseStatus } of list.getEntries()) {
    if (initiatorType === 'iframe') record(describe('frame', 'GET', name, responseStatus || undefined));
  }
}).observe({ type: 'resource', buffered: true });

function parameterList(parameters) {
  const list = document.createElement('dl');
  for (const [name, value] of parameters) {
    const term = document.createElement('dt');
    const detail = document.createElement('dd');
    term.textContent = name;
    detail.textContent = value;
    list.append(term, detail);
  }
  return list;
}

function item({ from, method, path, status, parameters, kind }, text) {
  const span = (className, content) => {
    const element = document.createElement('span');
    element.className = className;
    element.textContent = content;
    return element;
  };
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const good = status === undefined || status < 400;
  summary.append(
    span('method', method),
    span('path', path),
    span(good ? 'status' : 'status bad', status ?? '→'),
    span('from', text.from[from]),
    span('what', text[kind]),
  );
  details.append(summary, parameterList(parameters.map(([name, value]) => [name, value || text.kept])));
  const entry = document.createElement('li');
  entry.append(details);
  return entry;
}

/** Shows the list from now on, and keeps it up to date. */
export function listCalls(list, emptyNote, clearButton, text) {
  draw = () => {
    for (const call of calls.slice(list.children.length)) list.append(item(call, text));
    emptyNote.hidden = calls.length > 0;
    clearButton.hidden = list.hidden = calls.length === 0;
    list.scrollTop = list.scrollHeight;
  };
  clearButton.addEventListener('click', () => {
    calls.length = 0;
    sessionStorage.removeItem(storageKey);
    list.replaceChildren();
    draw();
  });
  draw();
}
