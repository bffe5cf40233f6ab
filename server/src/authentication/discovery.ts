// Owns GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server.
import { sha256 } from '#crypto/digest';
import { jweAlgorithms, jweEncryptions } from '#crypto/jwe';
import { managesSessions } from '#domain/session-state';
import { corsPublic } from '#http/cors';
import { type ReadyMade, readyMade, sendReadyMade } from '#http/ready-made';
import { locales } from '#i18n/locale';
import { discoveryDocument } from '#protocol/discovery';
import { grants } from './grants.ts';
import type { Edge, Handler } from './route.ts';

const answers = new WeakMap<Edge, { readonly sessionManagement: boolean; readonly answer: ReadyMade }>();

async function answerFor(edge: Edge): Promise<ReadyMade> {
  const { ctx, mtls } = edge;
  const known = answers.get(edge);
  const sessionManagement = await managesSessions(ctx);
  if (known?.sessionManagement === sessionManagement) return known.answer;
  const grantTypes = grants.map((grant) => grant.name);
  const where = { issuer: ctx.issuer, mtlsUrl: mtls.url };
  const body = JSON.stringify(
    discoveryDocument({ ...where, grantTypes, locales, jweAlgorithms, jweEncryptions, sessionManagement }),
  );
  const answer = readyMade(body, sha256(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    ...corsPublic,
  });
  answers.set(edge, { sessionManagement, answer });
  return answer;
}

export const discovery: Handler = async (edge, request, reply) => sendReadyMade(request, reply, await answerFor(edge));
