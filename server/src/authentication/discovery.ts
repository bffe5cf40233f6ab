// Owns GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server.
import { sha256 } from '#crypto/digest';
import { jweAlgorithms, jweEncryptions } from '#crypto/jwe';
import { takesRegistrations } from '#domain/client-registrations';
import { listDetailTypes } from '#domain/resource-servers';
import { managesSessions } from '#domain/session-state';
import { corsPublic } from '#http/cors';
import { type ReadyMade, readyMade, sendReadyMade } from '#http/ready-made';
import { locales } from '#i18n/locale';
import { type DiscoveryFacts, discoveryDocument } from '#protocol/discovery';
import { grants } from './grants.ts';
import type { Edge, Handler } from './route.ts';

/** What the tenant switches on and off, and what its APIs define. */
type Switches = Pick<DiscoveryFacts, 'sessionManagement' | 'registration' | 'detailTypes'>;

const answers = new WeakMap<Edge, { readonly switches: Switches; readonly answer: ReadyMade }>();

function isSame(a: Switches, b: Switches): boolean {
  // The list of types is the same one until an API changes.
  return (Object.keys(a) as (keyof Switches)[]).every((name) => a[name] === b[name]);
}

async function answerFor(edge: Edge): Promise<ReadyMade> {
  const { ctx, mtls } = edge;
  const known = answers.get(edge);
  const switches: Switches = {
    sessionManagement: await managesSessions(ctx),
    registration: await takesRegistrations(ctx),
    detailTypes: await listDetailTypes(ctx),
  };
  if (known && isSame(known.switches, switches)) return known.answer;
  const grantTypes = grants.map((grant) => grant.name);
  const where = { issuer: ctx.issuer, mtlsUrl: mtls.url };
  const body = JSON.stringify(
    discoveryDocument({ ...where, grantTypes, locales, jweAlgorithms, jweEncryptions, ...switches }),
  );
  const answer = readyMade(body, sha256(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    ...corsPublic,
  });
  answers.set(edge, { switches, answer });
  return answer;
}

export const discovery: Handler = async (edge, request, reply) => sendReadyMade(request, reply, await answerFor(edge));
