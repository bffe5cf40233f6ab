// Owns a person's arrival at a screen: which journey, which step, and whether this screen is the right one.
import type { FastifyRequest } from 'fastify';
import { connectionsOf } from '#domain/connections';
import type { Context } from '#domain/context';
import { JourneyEnded } from '#domain/journey-ended';
import { screenPaths } from '#domain/journey-paths';
import { gatherFacts, nextStep, type Step } from '#domain/login-flow';
import { advanceTransaction, type LoginTransaction, resumeTransaction } from '#domain/login-transactions';
import { journeyClient } from '#domain/own-journeys';
import { findSession } from '#domain/sessions';
import { tenantSettings } from '#domain/tenant-settings';
import type { CookieJar } from '#http/cookies';
import type { Client } from '#protocol/client';
import type { ApplicationView } from './components.ts';
import type { Screen, Visit } from './screen.ts';
import { chosenLanguage, pageView } from './view.ts';

/** The connection that the request names, else the tenant's own, else the first that the application may use. */
async function connectionFor(ctx: Context, client: Client, { request }: LoginTransaction) {
  const usable = await connectionsOf(ctx, client);
  const { default_directory } = await tenantSettings(ctx);
  const wanted = request.connection ?? default_directory;
  const connection = usable.find(({ name }) => name === wanted) ?? usable[0];
  if (!connection) throw new Error(`No connection is enabled for the application ${client.client_id}.`);
  return connection;
}

function applicationOf({ name, logo_uri, policy_uri, tos_uri }: Client): ApplicationView {
  return { name, logoUri: logo_uri, policyUri: policy_uri, tosUri: tos_uri };
}

/**
 * Finds out who arrives where. Throws JourneyEnded when the state is unknown, over, or of another browser.
 * The step says whether the screen may be shown: what is stored decides, not what was asked for.
 */
export async function arrive(
  ctx: Context,
  cookies: CookieJar,
  request: FastifyRequest,
  screen: Screen,
  state: string | undefined,
): Promise<{ visit: Visit; step: Step }> {
  const { cookie } = request.headers;
  const found = await resumeTransaction(ctx, 'login', state, cookies.read(cookie, 'browser'));
  const language = chosenLanguage(request);
  const stored =
    language === undefined ? found : await advanceTransaction(ctx, found, { locale: language.slice(0, 35) });
  const { transaction } = stored;
  const client = await journeyClient(ctx, transaction);
  if (!client) throw new JourneyEnded();
  const session = await findSession(ctx, cookies.read(cookie, 'session'));
  const facts = await gatherFacts(ctx, client, transaction, session);
  const wishes = [...(transaction.locale === undefined ? [] : [transaction.locale]), ...transaction.request.ui_locales];
  const page = await pageView(ctx, request, wishes, { path: screenPaths[screen.name], state: stored.id });
  const visit: Visit = {
    ctx,
    caller: { ip: request.clientAddress, userAgent: request.headers['user-agent'] },
    stored,
    facts,
    connection: await connectionFor(ctx, client, transaction),
    view: { ...page, state: stored.id, application: applicationOf(client) },
    hrefOf: (name) => `${screenPaths[name]}?state=${stored.id}`,
  };
  return { visit, step: nextStep(transaction, facts) };
}
