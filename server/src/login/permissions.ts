// Owns how the pages show what an application asks for.
import type { FlowFacts } from '#domain/login-flow';
import { type Html, html } from '#http/html';
import type { Catalogue } from '#i18n/en';
import type { AuthorizationDetail } from '#protocol/authorization-details';
import { oidcScopes } from '#protocol/scope';
import { checkIcon } from './icons.ts';

/** What is requested of one API, in the API's own words. */
export interface ApiPermissions {
  readonly name: string;
  readonly scopes: readonly { readonly value: string; readonly description?: string | undefined }[];
}

export interface Permissions {
  /** The OpenID Connect scopes requested. */
  readonly scopes: readonly string[];
  readonly apis: readonly ApiPermissions[];
  readonly details?: readonly AuthorizationDetail[] | undefined;
}

/** What is asked for, of what can be granted. */
export function permissionsOf({ permissions, apis, details }: FlowFacts): Permissions {
  const asked = new Set(permissions);
  const named = apis.map(({ name, scopes }) => ({ name, scopes: scopes.filter(({ value }) => asked.has(value)) }));
  return {
    scopes: oidcScopes.filter((value) => asked.has(value)),
    apis: named.filter(({ scopes }) => scopes.length > 0),
    details,
  };
}

export function permissionGroup({ scopes, apis, details = [] }: Permissions, t: Catalogue): Html | undefined {
  if (scopes.length + apis.length + details.length === 0) return undefined;
  const texts = t.consent;
  return html`<div class="group">
<h2 class="label">${texts.permissions}</h2>
${scopes.length > 0 && scopeList(scopes.map((scope) => scopeText(scope, t)))}
${apis.map((api) => [html`<h3 class="label">${texts.permissionsOf(api.name)}</h3>`, scopeList(api.scopes.map(apiScopeText))])}
${details.length > 0 && scopeList(details.map(detailText))}
</div>`;
}

function scopeList(texts: readonly Html[]): Html {
  return html`<ul class="scopes">${texts.map((text) => html`<li>${checkIcon}<span>${text}</span></li>`)}</ul>`;
}

function scopeText(scope: string, t: Catalogue): Html {
  const known = new Map(Object.entries(t.consent.scopes)).get(scope);
  return known === undefined ? html`<code>${scope}</code>` : html`${known}`;
}

function apiScopeText({ value, description }: ApiPermissions['scopes'][number]): Html {
  return description ? html`${description}` : html`<code>${value}</code>`;
}

/** The texts of a value with the names of the members that lead to it. */
function linesOf(path: readonly string[], value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path.join(' › ')}: ${value}`];
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object'))
    return [`${path.join(' › ')}: ${value.join(', ')}`];
  if (Object.keys(value).length === 0) return [`${path.join(' › ')}: –`];
  return Object.entries(value).flatMap(([name, member]) => linesOf([...path, name], member));
}

/** Only the API knows what its details mean, so they are shown as they are: one line for each value. */
function detailText({ type, ...members }: AuthorizationDetail): Html {
  return html`<code>${type}</code>${linesOf([], members).map((line) => html`<br><code><bdi>${line}</bdi></code>`)}`;
}
