// Owns GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server.
import { sha256 } from '#crypto/digest';
import { jweAlgorithms, jweEncryptions } from '#crypto/jwe';
import type { Context } from '#domain/context';
import { managesSessions } from '#domain/session-state';
import { corsPublic } from '#http/cors';
import { type ReadyMade, readyMade, sendReadyMade } from '#http/ready-made';
import { locales } from '#i18n/locale';
import { discoveryDocument } from '#protocol/discovery';
import { grants } from './grants.ts';
import type { Handler } from './route.ts';

const answers = new WeakMap<Context, { readonly sessionManagement: boolean; readonly answer: ReadyMade }>();

async function answerFor(ctx: Context): Promise<ReadyMade> {
  const known = answers.get(ctx);
  const sessionManagement = await managesSessions(ctx);
  if (known?.sessionManagement === sessionManagement) return known.answer;
  const grantTypes = grants.map((grant) => grant.name);
  const body = JSON.stringify(
    discoveryDocument({ issuer: ctx.issuer, grantTypes, locales, jweAlgorithms, jweEncryptions, sessionManagement }),
  );
  const answer = readyMade(body, sha256(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    ...corsPublic,
  });
  answers.set(ctx, { sessionManagement, answer });
  return answer;
}

export const discovery: Handler = async ({ ctx }, request, reply) =>
  sendReadyMade(request, reply, await answerFor(ctx));
