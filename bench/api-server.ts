// Owns the API server of Node that the time to a revocation is measured at.
import { createServer } from 'node:http';
import { createVerifier } from '@warifu/verify';
import { authenticate } from '@warifu/verify/node-http';

const [issuer = '', audience = ''] = process.argv.slice(2);
const verifier = createVerifier({ issuer, audience });
await verifier.ready();
const server = createServer(async (request, response) => {
  const claims = await authenticate(request, response, { verifier });
  if (claims) response.end(JSON.stringify({ sub: claims.sub }));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on ${typeof address === 'object' && address ? address.port : ''}`);
});
