// Owns how the examples send a person to sign in: they print an address and wait at the callback for the answer.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @returns the parameters of the authorization response, whether it comes as a query or as a posted form */
export async function signIn(authorizeUrl) {
  const callback = new URL(process.env.CALLBACK);
  const server = createServer().listen(Number(callback.port), callback.hostname);
  await once(server, 'listening');
  console.log(`Open in a browser: ${authorizeUrl}`);
  const [request, response] = await once(server, 'request');
  const body = Buffer.concat(await request.toArray()).toString();
  response.end('Signed in. Go back to the terminal.');
  server.close();
  server.closeAllConnections();
  const answer = new URLSearchParams(body || new URL(request.url, callback).searchParams);
  if (answer.has('error')) throw new Error(`${answer.get('error')}: ${answer.get('error_description')}`);
  return answer;
}
