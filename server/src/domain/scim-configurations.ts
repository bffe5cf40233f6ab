// Owns how companies' directories push their people to a connection (SCIM, RFC 7644): what is taken from where, and by which tokens.
import { sha256 } from '#crypto/digest';
import { randomAlphanumeric, randomSecret } from '#crypto/random';
import type { AnyConnection } from './connections.ts';
import type { Context } from './context.ts';
import { records } from './records.ts';
import { InvalidSetting, Taken } from './refusals.ts';
import { userAttributeTemplates } from './user-attribute-templates.ts';

/** From a path within the SCIM user (RFC 7643) to a property of ours. */
export interface ScimMapping {
  readonly auth0?: string;
  readonly scim?: string;
}

export interface ScimToken {
  readonly token_id: string;
  /** SHA-256 of the token, base64url. */
  readonly digest: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds, these and all the others. */
  readonly created_at: number;
  /** Absent: until it is deleted. */
  readonly valid_until?: number;
  readonly last_used_at?: number;
}

/** One for a connection, whose id it has. */
export interface ScimConfiguration {
  readonly connection_id: string;
  readonly mapping: readonly ScimMapping[];
  /** The SCIM attribute that people's ids are made of. */
  readonly user_id_attribute: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly tokens: readonly ScimToken[];
}

export const scimConfigurations = records<ScimConfiguration>('scim-configurations');

const strategies = ['okta', 'oidc', 'samlp', 'waad'];

export function supportsScim({ strategy }: Pick<AnyConnection, 'strategy'>): boolean {
  return strategies.includes(strategy);
}

/** Whether people of every Microsoft Entra tenant come by it, so that no one directory could be its source. */
export function usesCommonEndpoint(options: AnyConnection['options']): boolean {
  return options['useCommonEndpoint'] === true || options['waad_common_endpoint'] === true;
}

/** What a strategy's directories usually send, and where it goes. */
export function defaultScimMapping(strategy: string): ScimMapping[] {
  const attributes = userAttributeTemplates.flatMap(({ template }) => Object.values(template.user_attributes));
  return attributes.flatMap(({ auth0_mapping, scim_mapping, strategy_overrides }) => {
    const scim = strategy_overrides?.[strategy]?.scim_mapping ?? scim_mapping;
    return scim === undefined ? [] : [{ auth0: auth0_mapping, scim }];
  });
}

function defaultScimUserId(strategy: string): string {
  const [names] = userAttributeTemplates.map(({ template }) => template.user_id);
  return names?.strategy_overrides?.[strategy]?.scim_mapping ?? names?.scim_mapping ?? 'externalId';
}

/** The server's own (RFC 7643 §3.1). */
const notMapped = ['id', 'meta'];

function checkMapping(mapping: readonly ScimMapping[]): void {
  const paths = mapping.map(({ scim }) => scim);
  const whole = mapping.every(({ auth0, scim }) => auth0 && scim && !notMapped.includes(scim));
  if (!whole || new Set(paths).size < paths.length) throw new InvalidSetting('Invalid mapping provided');
}

export type ScimSettings = Partial<Pick<ScimConfiguration, 'mapping' | 'user_id_attribute'>>;

/** Lets a connection be provisioned. Throws InvalidSetting. */
export async function configureScim(
  ctx: Pick<Context, 'documents' | 'now'>,
  { id, strategy, options }: AnyConnection,
  sent: ScimSettings,
): Promise<ScimConfiguration> {
  if (usesCommonEndpoint(options)) {
    throw new InvalidSetting('SCIM cannot be enabled for this connection when the Azure AD common endpoint is used.');
  }
  const now = ctx.now();
  const { mapping = defaultScimMapping(strategy), user_id_attribute = defaultScimUserId(strategy) } = sent;
  checkMapping(mapping);
  const fresh = { connection_id: id, mapping, user_id_attribute, created_at: now, updated_at: now, tokens: [] };
  const created = await scimConfigurations.create(ctx, id, fresh);
  if (created === 'taken') throw new InvalidSetting('SCIM configuration already exists for connection');
  return created.body;
}

async function change(
  ctx: Pick<Context, 'documents'>,
  connectionId: string,
  rewrite: (before: ScimConfiguration) => ScimConfiguration,
): Promise<ScimConfiguration | undefined> {
  const changed = await scimConfigurations.change(ctx, connectionId, rewrite);
  return changed === undefined || changed === 'taken' ? undefined : changed.body;
}

/** Undefined when there is none. Throws InvalidSetting. */
export function changeScim(
  ctx: Pick<Context, 'documents' | 'now'>,
  connectionId: string,
  { mapping, user_id_attribute }: Required<ScimSettings>,
): Promise<ScimConfiguration | undefined> {
  checkMapping(mapping);
  return change(ctx, connectionId, (before) => ({ ...before, mapping, user_id_attribute, updated_at: ctx.now() }));
}

/** So that one can be replaced while the other is still in use. */
const mostTokens = 2;

export interface NewScimToken {
  readonly scopes: readonly string[];
  /** Seconds; undefined: it is good until it is deleted. */
  readonly lifetimeSec?: number | undefined;
}

/**
 * Issues a token by which a directory may push, or undefined when the connection takes no pushes. It is told only now.
 * Throws Taken when there are as many as there may be; those that have expired don't count, and go.
 */
export async function issueScimToken(
  ctx: Pick<Context, 'documents' | 'now'>,
  connectionId: string,
  { scopes, lifetimeSec }: NewScimToken,
): Promise<{ readonly token: string; readonly kept: ScimToken } | undefined> {
  const now = ctx.now();
  const token_id = `tok_${randomAlphanumeric(16)}`;
  const token = `${token_id}.${randomSecret()}`;
  const kept: ScimToken = {
    token_id,
    digest: sha256(token),
    scopes,
    created_at: now,
    ...(lifetimeSec === undefined ? {} : { valid_until: now + lifetimeSec * 1000 }),
  };
  const changed = await change(ctx, connectionId, (before) => {
    const live = before.tokens.filter(({ valid_until = Number.POSITIVE_INFINITY }) => valid_until > now);
    if (live.length >= mostTokens) throw new Taken('Maximum of 2 tokens already issued for this connection');
    return { ...before, tokens: [...live, kept] };
  });
  return changed && { token, kept };
}

/** Nothing happens when there is none of that id. */
export async function deleteScimToken(
  ctx: Pick<Context, 'documents'>,
  connectionId: string,
  tokenId: string,
): Promise<void> {
  await change(ctx, connectionId, (before) => ({
    ...before,
    tokens: before.tokens.filter(({ token_id }) => token_id !== tokenId),
  }));
}
