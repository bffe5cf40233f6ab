// Owns the showing of a screen and the sending of its form: the same phases for every one.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PasswordQueueFull } from '#crypto/password-hash';
import type { Context } from '#domain/context';
import { JourneyEnded } from '#domain/journey-ended';
import { screenPaths, stepAddress } from '#domain/journey-paths';
import { gatherFacts, nextStep, type Step } from '#domain/login-flow';
import { advanceTransaction } from '#domain/login-transactions';
import type { CookieJar } from '#http/cookies';
import { isSameOrigin } from '#http/csrf';
import { parametersOf, queryOf } from '#http/form';
import { formTarget, noStore, type PagePolicy } from '#http/headers';
import type { Parameters } from '#protocol/parameters';
import { ownPicture } from './account.ts';
import type { Problem } from './problem.ts';
import type { Outcome, Screen, Visit } from './screen.ts';
import { sendPage } from './view.ts';
import { arrive } from './visit.ts';

/** Where the pictures of the application and of people are, and no other place. */
function imageSources({ facts: { client, person, session } }: Visit): string[] {
  const people = [person, session?.user].filter((one) => one !== undefined);
  const addresses = [client.logo_uri, ...people.map(ownPicture)];
  const origins = addresses.flatMap((address) => URL.parse(address ?? '')?.origin ?? []);
  return [...new Set(origins)].filter((origin) => origin.startsWith('https://'));
}

/** The form may lead to the application at once: the browser follows the redirects by the page's policy. */
function policyOf(visit: Visit): PagePolicy {
  const { stored, view } = visit;
  const { redirect_uri, response_mode } = stored.transaction.request;
  const sources = { formTargets: [formTarget(redirect_uri)], imageSources: imageSources(visit) };
  return { nonce: view.nonce, ...sources, keepOpener: response_mode === 'web_message' };
}

function statusOf(problem: Problem | undefined): number {
  if (!problem) return 200;
  return problem.kind === 'too-busy' ? 503 : 400;
}

function show(screen: Screen, visit: Visit, reply: FastifyReply, problem?: Problem): FastifyReply {
  const page = screen.render(visit, problem);
  if (page) return sendPage(reply, statusOf(problem), page, policyOf(visit));
  return reply
    .headers(noStore)
    .redirect(stepAddress({ kind: screen.serves }, visit.stored.transaction, visit.stored.id), 303);
}

/** Sends the person to where a step takes place. */
function goTo(step: Step, { stored }: Visit, reply: FastifyReply): FastifyReply {
  return reply.headers(noStore).redirect(stepAddress(step, stored.transaction, stored.id), 303);
}

async function submit(screen: Screen, visit: Visit, form: Parameters): Promise<Outcome> {
  try {
    return await screen.submit(visit, form);
  } catch (error) {
    if (error instanceof PasswordQueueFull) return { outcome: 'problem', problem: { kind: 'too-busy' } };
    throw error;
  }
}

export function showScreen(ctx: Context, cookies: CookieJar, screen: Screen) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { visit, step } = await arrive(ctx, cookies, request, screen, queryOf(request.url).get('state'));
    return step.kind === screen.serves ? show(screen, visit, reply) : goTo(step, visit, reply);
  };
}

/**
 * Whether a session of the browser came into being while the person was filling in the form. Then the form is read all
 * the same, because it says who they are: the session may be somebody else's.
 */
function isOvertaken(screen: Screen, { stored }: Visit, step: Step): boolean {
  if (screen.serves !== 'authenticate' || stored.transaction.proof) return false;
  return step.kind === 'complete' || step.kind === 'consent' || step.kind === 'approve';
}

/** The form's `state` is a secret of this browser's journey: another site can neither know it nor send it. */
export function submitScreen(ctx: Context, cookies: CookieJar, screen: Screen) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (!isSameOrigin(request.headers, ctx.issuer)) throw new JourneyEnded();
    const form = parametersOf(request.body);
    const { visit, step } = await arrive(ctx, cookies, request, screen, form.get('state'));
    if (step.kind !== screen.serves && !isOvertaken(screen, visit, step)) return goTo(step, visit, reply);
    const outcome = await submit(screen, visit, form);
    if (outcome.outcome === 'problem') {
      if (outcome.problem.kind === 'too-busy') reply.header('retry-after', '2');
      return show(screen, visit, reply, outcome.problem);
    }
    const stored = await advanceTransaction(ctx, visit.stored, outcome.change);
    const facts = await gatherFacts(ctx, visit.facts.client, stored.transaction, visit.facts.session);
    return goTo(nextStep(stored.transaction, facts), { ...visit, stored }, reply);
  };
}

export function pathOf(screen: Screen): string {
  return screenPaths[screen.name];
}
