// The SDK's worker, exactly as it comes in its package, after a few lines that report its requests to the page.
// The worker holds the refresh token and exchanges it, so the page never sees it. That must stay so:
// the report names the token, but leaves out its value.

const channel = new BroadcastChannel(new URLSearchParams(self.location.search).get('channel'));
const plainFetch = self.fetch;

self.fetch = async (url, options) => {
  const response = await plainFetch(url, options);
  const body = new URLSearchParams(options.body);
  if (body.has('refresh_token')) body.set('refresh_token', '');
  channel.postMessage({ method: options.method, url, status: response.status, body: body.toString() });
  return response;
};

importScripts('/demo/vendor/auth0-spa-js.worker.js');
