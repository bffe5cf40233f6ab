// Owns the sending of an authorization response, by whichever response mode.
import type { FastifyReply } from 'fastify';
import { randomId } from '#crypto/random';
import { protectAnswer } from '#domain/answers';
import type { Context } from '#domain/context';
import { formTarget, noStore, pageHeaders } from '#http/headers';
import { type Html, html } from '#http/html';
import type { Client } from '#protocol/client';
import type { OAuthError } from '#protocol/oauth-error';
import type { VerifiedRedirectUri } from '#protocol/redirect-uri';
import type { Delivery, ResponseParameters } from '#protocol/response-mode';
import { deliver, isSigned, type ResponseModeName } from '#protocol/response-modes';
import type { Edge } from './route.ts';

/** Where a response goes. Only a verified redirect URI can be one. */
export interface Destination {
  readonly redirect_uri: VerifiedRedirectUri;
  readonly response_mode: ResponseModeName;
  readonly state?: string | undefined;
}

/** OAuth 2.0 Form Post Response Mode §2: a form that sends itself, and has a button where scripts don't run. */
function formPage(delivery: Extract<Delivery, { kind: 'form' }>, nonce: string): Html {
  const fields = Object.entries(delivery.fields);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>…</title></head>
<body>
<form method="post" action="${delivery.action}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<noscript><button type="submit">Continue / 続ける</button></noscript>
</form>
<script nonce="${nonce}">document.forms[0].submit();</script>
</body></html>
`;
}

/** The response goes to the opener or the framing page, and only if that is of the registered origin. */
function messagePage(delivery: Extract<Delivery, { kind: 'message' }>, nonce: string): Html {
  const message = JSON.stringify({ type: 'authorization_response', response: delivery.response });
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>…</title></head>
<body data-message="${message}" data-target-origin="${delivery.targetOrigin}">
<script nonce="${nonce}">
const { message, targetOrigin } = document.body.dataset;
const receiver = window.opener ?? (window.parent === window ? undefined : window.parent);
receiver?.postMessage(JSON.parse(message), targetOrigin);
</script>
</body></html>
`;
}

function send(reply: FastifyReply, delivery: Delivery): FastifyReply {
  const nonce = randomId();
  switch (delivery.kind) {
    case 'redirect':
      return reply.headers(noStore).redirect(delivery.location, 302);
    case 'form':
      reply.headers(pageHeaders({ nonce, formTargets: [formTarget(delivery.action)] }));
      return reply.send(formPage(delivery, nonce).html);
    case 'message':
      reply.headers(pageHeaders({ nonce, frameAncestors: [delivery.targetOrigin], keepOpener: true }));
      return reply.send(messagePage(delivery, nonce).html);
  }
}

const signedLifetimeSec = 600;

/** One signed JWT with the whole response in it, and who it is from and for (JARM §2.1), encrypted if so registered. */
async function signedResponse(ctx: Context, client: Client, response: ResponseParameters): Promise<ResponseParameters> {
  const { authorization_encrypted_response_alg: alg, authorization_encrypted_response_enc: enc = 'A128CBC-HS256' } =
    client;
  const exp = Math.floor(ctx.now() / 1000) + signedLifetimeSec;
  const claims = { iss: ctx.issuer, aud: client.client_id, exp, ...response };
  const encryption = alg === undefined ? undefined : { alg, enc };
  const protection = { alg: client.authorization_signed_response_alg ?? 'RS256', encryption };
  return { response: await protectAnswer(ctx, client, claims, protection) };
}

/** Sends a response back to the application, with the issuer that answers (RFC 9207 §2). */
export async function sendResponse(
  { ctx }: Pick<Edge, 'ctx'>,
  reply: FastifyReply,
  client: Client,
  destination: Destination,
  response: ResponseParameters,
): Promise<FastifyReply> {
  const { redirect_uri, response_mode, state } = destination;
  const parameters = { ...response, state, iss: ctx.issuer };
  const sent = isSigned(response_mode) ? await signedResponse(ctx, client, parameters) : parameters;
  return send(reply, deliver(response_mode, redirect_uri, sent));
}

/** RFC 6749 §4.1.2.1. */
export async function sendRefusal(
  edge: Pick<Edge, 'ctx'>,
  reply: FastifyReply,
  client: Client,
  destination: Destination,
  { code, description }: OAuthError,
): Promise<FastifyReply> {
  return sendResponse(edge, reply, client, destination, { error: code, error_description: description });
}
