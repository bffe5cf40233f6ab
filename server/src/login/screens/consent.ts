// Owns the screen that asks whether an application may have what it requests.
import { recordConsent } from '#domain/consents';
import { type Html, html } from '#http/html';
import type { Catalogue } from '#i18n/en';
import { oidcScopes } from '#protocol/scope';
import { type AccountView, type ApplicationView, accountCard, heading, pair } from '../components.ts';
import { form, hidden, primaryButton, secondaryButton } from '../fields.ts';
import { checkIcon } from '../icons.ts';
import { type PageView, page } from '../layout.ts';
import { advance, type Screen } from '../screen.ts';
import { externalUrl } from '../urls.ts';

/** What is requested of one API, in the API's own words. */
export interface ConsentApiView {
  readonly name: string;
  readonly scopes: readonly { readonly value: string; readonly description?: string | undefined }[];
}

export interface ConsentView extends PageView {
  readonly state: string;
  /** The user_id of whom the page speaks: the answer is this person's, and nobody's who signs in meanwhile. */
  readonly asked: string;
  readonly application: ApplicationView & {
    readonly policyUri?: string | undefined;
    readonly tosUri?: string | undefined;
  };
  readonly account: AccountView;
  /** The OpenID Connect scopes requested. */
  readonly scopes: readonly string[];
  readonly apis: readonly ConsentApiView[];
}

export function renderConsent(view: ConsentView): Html {
  const { t, application, account } = view;
  const texts = t.consent;
  return page(
    view,
    texts.title(application.name),
    html`${pair(application, account)}
${heading(texts.title(application.name))}
${form(
  view.state,
  html`${hidden('asked', view.asked)}
<div class="field"><p class="hint">${texts.signedInAs}</p>${accountCard(account)}</div>
<div class="group">
<h2 class="label">${texts.permissions}</h2>
${view.scopes.length > 0 && scopeList(view.scopes.map((scope) => scopeText(scope, t)))}
${view.apis.map((api) => [html`<h3 class="label">${texts.permissionsOf(api.name)}</h3>`, scopeList(api.scopes.map(apiScopeText))])}
</div>
<div class="buttons">${primaryButton(texts.accept, 'accept')}${secondaryButton(texts.deny, 'deny')}</div>
${policies(view)}`,
)}`,
  );
}

function scopeList(texts: readonly Html[]): Html {
  return html`<ul class="scopes">${texts.map((text) => html`<li>${checkIcon}<span>${text}</span></li>`)}</ul>`;
}

function scopeText(scope: string, t: Catalogue): Html {
  const known = new Map(Object.entries(t.consent.scopes)).get(scope);
  return known === undefined ? html`<code>${scope}</code>` : html`${known}`;
}

function apiScopeText({ value, description }: ConsentApiView['scopes'][number]): Html {
  return description ? html`${description}` : html`<code>${value}</code>`;
}

function policies({ t, application }: ConsentView): Html | undefined {
  const policy = externalUrl(application.policyUri);
  const terms = externalUrl(application.tosUri);
  if (!policy && !terms) return undefined;
  return html`<p class="links"><span>${t.consent.policies}</span>
${policy && html`<a href="${policy}" target="_blank" rel="noopener noreferrer">${t.common.privacy}</a>`}
${terms && html`<a href="${terms}" target="_blank" rel="noopener noreferrer">${t.common.terms}</a>`}</p>`;
}

export const consent: Screen = {
  name: 'consent',
  serves: 'consent',
  render({ view, facts }) {
    const { client, person, api } = facts;
    if (!person) return undefined;
    const asked = new Set(facts.scope);
    const scopes = oidcScopes.filter((scope) => asked.has(scope));
    const apiScopes = api?.scopes.filter((scope) => asked.has(scope.value)) ?? [];
    return renderConsent({
      ...view,
      asked: person.user_id,
      application: { ...view.application, policyUri: client.policy_uri, tosUri: client.tos_uri },
      account: { email: person.email ?? '', name: person.name ?? undefined, picture: person.picture ?? undefined },
      scopes,
      apis: api && apiScopes.length > 0 ? [{ name: api.name, scopes: apiScopes }] : [],
    });
  },
  async submit({ ctx, facts, caller }, form) {
    const { person, client, api, scope } = facts;
    if (!person || form.get('asked') !== person.user_id) return advance({});
    if (form.get('action') !== 'accept') return advance({ denied: true });
    const key = { user_id: person.user_id, client_id: client.client_id, audience: api?.identifier };
    await recordConsent(ctx, ctx.database.queries, key, scope);
    ctx.emit({ type: 'gd_consent', client_id: client.client_id, user_id: person.user_id, ip: caller.ip });
    return advance({ consented_by: person.user_id });
  },
};
