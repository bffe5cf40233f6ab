// Owns GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server.
import { sha256 } from '#crypto/digest';
import { jweAlgorithms, jweEncryptions } from '#crypto/jwe';
import { corsPublic } from '#http/cors';
import { type ReadyMade, readyMade, sendReadyMade } from '#http/ready-made';
import { locales } from '#i18n/locale';
import { discoveryDocument } from '#protocol/discovery';
import { grants } from './grants.ts';
import type { Edge, Handler } from './route.ts';

const answers = new WeakMap<Edge, ReadyMade>();

function answerFor(edge: Edge): ReadyMade {
  const known = answers.get(edge);
  if (known) return known;
  const { ctx, mtls } = edge;
  const grantTypes = grants.map((grant) => grant.name);
  const facts = { issuer: ctx.issuer, mtlsUrl: mtls.url, grantTypes, locales, jweAlgorithms, jweEncryptions };
  const body = JSON.stringify(discoveryDocument(facts));
  const fresh = readyMade(body, sha256(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    ...corsPublic,
  });
  answers.set(edge, fresh);
  return fresh;
}

export const discovery: Handler = async (edge, request, reply) => sendReadyMade(request, reply, answerFor(edge));
