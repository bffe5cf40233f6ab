// Owns the screen that asks whether an application may have what it requests.
import { recordConsent } from '#domain/consents';
import { type Html, html } from '#http/html';
import { type AccountView, type ApplicationView, accountCard, heading, pair } from '../components.ts';
import { form, hidden, primaryButton, secondaryButton } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { type Permissions, permissionGroup, permissionsOf } from '../permissions.ts';
import { advance, type Screen } from '../screen.ts';
import { externalUrl } from '../urls.ts';

export interface ConsentView extends PageView, Permissions {
  readonly state: string;
  /** The user_id of whom the page speaks: the answer is this person's, and nobody's who signs in meanwhile. */
  readonly asked: string;
  readonly application: ApplicationView & {
    readonly policyUri?: string | undefined;
    readonly tosUri?: string | undefined;
  };
  readonly account: AccountView;
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
${permissionGroup(view, t)}
<div class="buttons">${primaryButton(texts.accept, 'accept')}${secondaryButton(texts.deny, 'deny')}</div>
${policies(view)}`,
)}`,
  );
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
    const { client, person } = facts;
    if (!person) return undefined;
    return renderConsent({
      ...view,
      asked: person.user_id,
      application: { ...view.application, policyUri: client.policy_uri, tosUri: client.tos_uri },
      account: { email: person.email ?? '', name: person.name ?? undefined, picture: person.picture ?? undefined },
      ...permissionsOf(facts),
    });
  },
  async submit({ ctx, facts, caller }, form) {
    const { person, client, api, permissions } = facts;
    if (!person || form.get('asked') !== person.user_id) return advance({});
    if (form.get('action') !== 'accept') return advance({ denied: true });
    const key = { user_id: person.user_id, client_id: client.client_id, audience: api?.identifier };
    await recordConsent(ctx, ctx.database.queries, key, permissions);
    ctx.emit({ type: 'gd_consent', client_id: client.client_id, user_id: person.user_id, ip: caller.ip });
    return advance({ consented_by: person.user_id });
  },
};
