// Owns refresh tokens: their form, their rotation, and what happens when a used one comes back (RFC 9700 §4.14.2).
import { decodeCanonical, type Vault } from '#crypto/vault';
import type { AuthorizationDetail } from '#protocol/authorization-details';
import type { ClaimsRequest } from '#protocol/claims-request';
import { type Client, isPublic } from '#protocol/client';
import { type Confirmation, isHeldBy } from '#protocol/confirmation';
import { invalidProof } from '#protocol/dpop';
import { OAuthError } from '#protocol/oauth-error';
import { covers, isOidcScope, isOnlineOnly, parseScope } from '#protocol/scope';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/refresh-tokens';
import * as sessions from '#storage/tables/sessions';
import type { Context } from './context.ts';
import { revokeFamily } from './revocations.ts';

/**
 * A token is `v1.` and base64url of family (16 bytes), generation (4 bytes) and an HMAC over both (32 bytes). So a
 * forged token costs no query, a rotation is one statement on one row, a reused token is recognised for ever without
 * keeping it, and within the leeway the same successor can be given again. See docs/decisions/.
 */
const prefix = 'v1.';
const familyLength = 16;
const headLength = familyLength + 4;
const tokenLength = headLength + 32;

interface Parsed {
  readonly family_id: string;
  readonly generation: number;
}

function encode(vault: Vault, { family_id, generation }: Parsed): string {
  const head = Buffer.alloc(headLength);
  Buffer.from(family_id, 'base64url').copy(head);
  head.writeUInt32BE(generation, familyLength);
  return prefix + Buffer.concat([head, vault.mac('refresh-token', head)]).toString('base64url');
}

function decode(vault: Vault, token: string): Parsed | undefined {
  if (!token.startsWith(prefix)) return undefined;
  const bytes = decodeCanonical(token.slice(prefix.length));
  if (bytes?.length !== tokenLength) return undefined;
  const head = bytes.subarray(0, headLength);
  if (!vault.verifyMac('refresh-token', head, bytes.subarray(headLength))) return undefined;
  return {
    family_id: head.subarray(0, familyLength).toString('base64url'),
    generation: head.readUInt32BE(familyLength),
  };
}

function invalidToken(detail: string): OAuthError {
  return new OAuthError('invalid_grant', 'Unknown or invalid refresh token.', detail);
}

function idleExpiry(client: Client, now: number): number | null {
  const settings = client.refresh_token;
  if (settings.expiration_type === 'non-expiring' || settings.infinite_idle_token_lifetime) return null;
  return now + settings.idle_token_lifetime * 1000;
}

function absoluteExpiry(client: Client, now: number): number | null {
  const settings = client.refresh_token;
  if (settings.expiration_type === 'non-expiring' || settings.infinite_token_lifetime) return null;
  return now + settings.token_lifetime * 1000;
}

/** What an authorization is bound to and asked for beyond scope and audience: every token that comes of it has it too. */
export interface FamilyDetails {
  readonly confirmation?: Confirmation;
  readonly authorization_details?: readonly AuthorizationDetail[];
  readonly claims?: ClaimsRequest;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** The APIs that the request named, where it named any by resource (RFC 8707): tokens may be for each of them. */
  readonly resources?: readonly string[];
}

export type NewFamily = Pick<
  rows.RefreshTokenRow,
  'family_id' | 'user_id' | 'sid' | 'scope' | 'audience' | 'authenticated_at'
> & { readonly details?: FamilyDetails };

const noDetails: FamilyDetails = {};

export function familyDetails({ details }: Pick<rows.RefreshTokenRow, 'details'>): FamilyDetails {
  return details === null ? noDetails : (JSON.parse(details) as FamilyDetails);
}

/** Begins a family, in the transaction that redeems the code, and returns its first token. */
export async function issueRefreshToken(
  ctx: Pick<Context, 'now' | 'vault'>,
  queries: Queries,
  client: Client,
  { details = noDetails, ...family }: NewFamily,
): Promise<string> {
  const now = ctx.now();
  // An application that authenticates may change its key: the token is bound to it already (RFC 9449 §5).
  const { confirmation, ...kept }: FamilyDetails = details;
  const all = isPublic(client) && confirmation ? { ...kept, confirmation } : kept;
  await rows.insert(queries, {
    ...family,
    details: Object.keys(all).length === 0 ? null : JSON.stringify(all),
    generation: 1,
    client_id: client.client_id,
    created_at: now,
    rotated_at: now,
    idle_expires_at: idleExpiry(client, now),
    expires_at: absoluteExpiry(client, now),
    revoked_at: null,
    metadata: null,
  });
  return encode(ctx.vault, { family_id: family.family_id, generation: 1 });
}

/** A token that was found, belongs to the client, and may be exchanged as far as reading can tell. */
export interface ProvedRefreshToken {
  readonly presented: Parsed;
  readonly family: rows.RefreshTokenRow;
  /** The scopes asked for now: the family's, or fewer. */
  readonly scope: readonly string[];
  /** The API asked for now; null is userinfo alone. */
  readonly audience: string | null;
}

/** RFC 9449 §5, RFC 8705 §4: what was given to a key is exchanged by that key alone. */
function refuseThief(family: rows.RefreshTokenRow, proved: Confirmation | undefined): void {
  const { confirmation: bound } = familyDetails(family);
  if (!bound || isHeldBy(bound, proved)) return;
  if (bound.jkt !== undefined && proved?.jkt === undefined) {
    throw invalidProof('is missing: this refresh token is bound to a key');
  }
  throw invalidToken('bound to another key');
}

type FoundRefreshToken = Pick<ProvedRefreshToken, 'presented' | 'family'>;

/** Looks a token up, whoever brings it. Throws invalid_grant. */
async function findLive(
  ctx: Pick<Context, 'database' | 'now' | 'vault'>,
  client: Client,
  token: string,
): Promise<FoundRefreshToken> {
  const presented = decode(ctx.vault, token);
  if (!presented) throw invalidToken('not one of ours');
  const family = await rows.find(ctx.database.queries, presented.family_id);
  if (!family || family.client_id !== client.client_id) throw invalidToken('unknown, or of another client');
  const now = ctx.now();
  if (family.revoked_at !== null) throw invalidToken('revoked');
  if ((family.expires_at ?? Infinity) <= now || (family.idle_expires_at ?? Infinity) <= now)
    throw invalidToken('expired');
  if (isOnlineOnly(family.scope.split(' ')) && !(await sessions.isLive(ctx.database.queries, family.sid ?? '', now))) {
    throw invalidToken('the session is over');
  }
  return { presented, family };
}

/**
 * What a family may have at an API: at that of the sign-in what was granted, at another what the application's policy says
 * (Auth0's multi-resource refresh tokens), with OpenID Connect's own scopes as they were granted.
 */
function grantedAt(client: Client, family: rows.RefreshTokenRow, audience: string | null): readonly string[] {
  const granted = family.scope.split(' ');
  if (audience === family.audience || familyDetails(family).resources?.includes(audience ?? '')) return granted;
  // Nobody was asked about that API, so it must be an application that people needn't be asked about, as at Auth0.
  const policies = client.is_first_party ? client.refresh_token.policies : undefined;
  const policy = policies?.find((each) => each.audience === audience);
  if (!policy) {
    throw new OAuthError(
      'invalid_target',
      `The refresh token is not for "${audience}". Ask for the API that it was issued for, or for one of the application's refresh token policies.`,
    );
  }
  return [...granted.filter(isOidcScope), ...policy.scope];
}

/**
 * Looks a token up, and changes nothing; `confirmation` is what its bearer proved to have. Throws invalid_grant,
 * invalid_dpop_proof, invalid_scope when more is asked for than was granted (RFC 6749 §6), or invalid_target for an API
 * that is neither the sign-in's nor in the application's policies.
 */
export async function proveRefreshToken(
  ctx: Pick<Context, 'database' | 'now' | 'vault'>,
  client: Client,
  request: {
    readonly refresh_token: string;
    readonly scope: string | undefined;
    /** The API asked for now; undefined is that of the sign-in. */
    readonly audience: string | undefined;
    readonly confirmation: Confirmation | undefined;
  },
): Promise<ProvedRefreshToken> {
  const { presented, family } = await findLive(ctx, client, request.refresh_token);
  refuseThief(family, request.confirmation);
  const audience = request.audience ?? family.audience;
  const granted = grantedAt(client, family, audience);
  const scope = request.scope === undefined ? granted : parseScope(request.scope);
  if (!covers(granted, scope)) {
    throw new OAuthError(
      'invalid_scope',
      'The scope asks for more than was granted. Ask for the same scopes or fewer.',
    );
  }
  return { presented, family, audience, scope };
}

function withinLeeway(client: Client, { presented, family }: FoundRefreshToken, now: number): boolean {
  const previous = family.generation - 1;
  return presented.generation === previous && now - family.rotated_at < client.refresh_token.leeway * 1000;
}

/**
 * The family of a token that could be exchanged now; undefined when it could not. Of a token that was rotated away nothing
 * is told, and nothing comes of the question.
 */
export async function findRefreshToken(
  ctx: Pick<Context, 'database' | 'now' | 'vault'>,
  client: Client,
  token: string,
): Promise<rows.RefreshTokenRow | undefined> {
  try {
    const found = await findLive(ctx, client, token);
    const { presented, family } = found;
    const isCurrent = presented.generation === family.generation || withinLeeway(client, found, ctx.now());
    return isCurrent ? family : undefined;
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

/**
 * Exchanges a proved token for its successor; of any number of callers at once exactly one does. The others, within
 * the application's leeway, get that same successor; beyond it a used token is taken for stolen, and the family is
 * revoked before the refusal is thrown.
 */
export async function rotateRefreshToken(
  ctx: Pick<Context, 'database' | 'revocations' | 'now' | 'vault' | 'emit'>,
  client: Client,
  proved: ProvedRefreshToken,
): Promise<string> {
  const { family_id, generation } = proved.presented;
  const now = ctx.now();
  const successor = client.refresh_token.rotation_type === 'rotating' ? generation + 1 : generation;
  const rotation = {
    family_id,
    client_id: client.client_id,
    generation,
    successor,
    idle_expires_at: idleExpiry(client, now),
  };
  const rotated = await rows.rotate(ctx.database.queries, rotation, now);
  if (rotated) return encode(ctx.vault, { family_id, generation: successor });

  const family = await rows.find(ctx.database.queries, family_id);
  if (!family || family.revoked_at !== null) throw invalidToken('revoked');
  if (withinLeeway(client, { ...proved, family }, now)) {
    return encode(ctx.vault, { family_id, generation: family.generation });
  }
  await ctx.database.transaction((queries) => revokeFamily(ctx, queries, family_id));
  ctx.emit({ type: 'ferrt', client_id: client.client_id, user_id: family.user_id });
  throw invalidToken('reused');
}

/**
 * Ends the family of a refresh token that was issued to the client, with its access tokens; false when it is none.
 * A token that was rotated does as well: who still holds one may end what came of it.
 */
export async function revokeRefreshToken(
  ctx: Pick<Context, 'database' | 'revocations' | 'now' | 'vault'>,
  client: Client,
  token: string,
): Promise<boolean> {
  const presented = decode(ctx.vault, token);
  const family = presented && (await rows.find(ctx.database.queries, presented.family_id));
  if (!family || family.client_id !== client.client_id) return false;
  await ctx.database.transaction((queries) => revokeFamily(ctx, queries, family.family_id));
  return true;
}
