// Owns the keys that senders prove to have: what tokens are bound to, and who may use them (RFC 9449, RFC 8705 §3).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PresentedToken } from '#domain/access-tokens';
import { findClient } from '#domain/clients';
import { currentNonce, type DpopProof, useProof, useProofHere, verifyProof } from '#domain/dpop';
import type { Decision } from '#domain/tokens';
import { type PresentedAccessToken, RefusedToken } from '#protocol/bearer';
import { type Client, isPublic } from '#protocol/client';
import { profileOf } from '#protocol/compliance';
import type { Confirmation } from '#protocol/confirmation';
import { invalidProof } from '#protocol/dpop';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import type { RecognisedClient } from './client-authentication.ts';
import { certificateOf } from './mutual-tls.ts';
import { type Edge, endpointsOf } from './route.ts';

/** What the sender of a request proved to have. */
export interface Possession {
  readonly jkt: string | undefined;
  readonly certificate: string | undefined;
}

interface ProofWish {
  readonly needsNonce: boolean;
  readonly accessToken?: string;
}

/** Verifies the proof of a request, if it has one, and offers the nonce for the next. */
function proofOf(edge: Edge, request: FastifyRequest, reply: FastifyReply, wish: ProofWish): DpopProof | undefined {
  const { dpop } = request.headers;
  if (dpop === undefined) return undefined;
  reply.header('dpop-nonce', currentNonce(edge.ctx));
  // Two headers arrive as one text, with a comma between, which is no JWT.
  return verifyProof(edge.ctx, String(dpop), {
    method: request.method,
    endpoints: endpointsOf(edge, request),
    ...wish,
  });
}

/** RFC 9449 §8: whoever keeps no secret might have made proofs in advance, or had them made. */
function needsNonce(client: Client): boolean {
  return client.require_dpop_nonce ?? isPublic(client);
}

/** Whether the application's tokens are always bound to its certificate, by its own setting or by its profile. */
function wantsCertificate(client: Client): boolean {
  return client.tls_client_certificate_bound_access_tokens === true || profileOf(client)?.binding === 'certificate';
}

function refuseWithout({ jkt, certificate }: Possession, client: Client): void {
  if ((client.dpop_bound_access_tokens || profileOf(client)?.binding === 'dpop') && jkt === undefined)
    throw invalidProof('is missing: this application must send one');
  if (wantsCertificate(client) && certificate === undefined) {
    throw invalidRequest('This application must show a client certificate.');
  }
  if (client.require_proof_of_possession && jkt === undefined && certificate === undefined) {
    throw invalidRequest('This application must send a DPoP proof, or show a client certificate.');
  }
}

/**
 * What the sender of a request has, where an application sends it: at the token endpoint, and where a request is pushed, whose
 * code will be bound to the key (RFC 9449 §10.1). The proof is used up, and before it what `settle` uses up. Throws
 * invalid_dpop_proof and use_dpop_nonce.
 */
export async function provePossession(
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  { client, settle }: RecognisedClient,
): Promise<Possession> {
  const proof = proofOf(edge, request, reply, { needsNonce: needsNonce(client) });
  const possession = { jkt: proof?.jkt, certificate: certificateOf(edge, request)?.thumbprint };
  await settle();
  if (proof) await useProof(edge.ctx, proof);
  return possession;
}

/** What the application's tokens are bound to, as far as the application decides it. Throws when it proved too little. */
export function confirmationOf(possession: Possession, client: Client): Confirmation | undefined {
  refuseWithout(possession, client);
  const { jkt, certificate } = possession;
  const bindsCertificate = wantsCertificate(client) || (client.require_proof_of_possession && jkt === undefined);
  const thumbprint = bindsCertificate ? certificate : undefined;
  if (jkt === undefined && thumbprint === undefined) return undefined;
  return { ...(jkt === undefined ? {} : { jkt }), ...(thumbprint === undefined ? {} : { 'x5t#S256': thumbprint }) };
}

/**
 * Binds what was authorized to what the sender has; it alone decides what tokens are bound to. Throws when the API wants
 * its tokens bound, and the sender has nothing of the kind.
 */
export function bindTokens(authorization: Decision, possession: Possession): Decision {
  const { client, api } = authorization;
  const { jkt, certificate } = possession;
  const wish = api?.proof_of_possession;
  const isRequired = wish?.required === true && (wish.required_for !== 'public_clients' || isPublic(client));
  const bound = confirmationOf(possession, client);
  if (wish?.mechanism === 'mtls') {
    if (certificate !== undefined) return { ...authorization, confirmation: { ...bound, 'x5t#S256': certificate } };
    if (isRequired) throw invalidRequest('Tokens for this API are bound to a client certificate. Show one.');
  }
  if (isRequired && wish.mechanism === 'dpop' && jkt === undefined) {
    throw invalidProof('is missing: tokens for this API are bound to a key');
  }
  return { ...authorization, confirmation: bound };
}

async function provePresentedKey(
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  { presented, token, jkt }: { presented: PresentedAccessToken; token: PresentedToken; jkt: string },
): Promise<void> {
  const client = await findClient(edge.ctx, token.client_id);
  const wish = { needsNonce: client?.require_dpop_nonce === true, accessToken: presented.token };
  const proof = proofOf(edge, request, reply, wish);
  if (!proof) throw invalidProof('is missing: this access token is bound to a key');
  if (proof.jkt !== jkt) throw new OAuthError('invalid_token', 'The access token is bound to another key.');
  await useProofHere(edge.ctx, proof);
}

/**
 * Proves that who presents an access token has the keys that it is bound to, and presents it accordingly (RFC 9449 §7.1,
 * RFC 8705 §3). Throws RefusedToken.
 */
export async function verifyPossession(
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  presented: PresentedAccessToken,
  token: PresentedToken,
): Promise<void> {
  const { jkt, 'x5t#S256': thumbprint } = token.confirmation ?? {};
  const { scheme } = presented;
  try {
    if (jkt === undefined && scheme === 'DPoP')
      throw new OAuthError('invalid_token', 'The access token is not bound to a key. Send it as Bearer.');
    if (jkt !== undefined && scheme === 'Bearer')
      throw new OAuthError('invalid_token', 'The access token is bound to a key. Send it as DPoP, with a proof.');
    if (jkt !== undefined) await provePresentedKey(edge, request, reply, { presented, token, jkt });
    if (thumbprint !== undefined && certificateOf(edge, request)?.thumbprint !== thumbprint) {
      throw new OAuthError('invalid_token', 'The access token is bound to a client certificate. Show that one.');
    }
  } catch (error) {
    throw error instanceof OAuthError ? new RefusedToken(error, jkt === undefined ? 'Bearer' : 'DPoP') : error;
  }
}
