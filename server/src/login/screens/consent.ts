// Owns the screen that asks whether an application may have what it requests.

import { recordConsent } from '#domain/consents';
import { type Html, html } from '#http/html';
import { accountOf } from '../account.ts';
import { type AccountView, type ApplicationView, accountCard, applicationLinks, heading, pair } from '../components.ts';
import { form, hidden, primaryButton, secondaryButton } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { type Permissions, permissionGroup, permissionsOf } from '../permissions.ts';
import { advance, type Screen } from '../screen.ts';

export interface ConsentView extends PageView, Permissions {
  readonly state: string;
  /** The user_id of whom the page speaks: the answer is this person's, and nobody's who signs in meanwhile. */
  readonly asked: string;
  readonly application: ApplicationView;
  readonly account: AccountView;
  /** Where an application that registered itself has the person sent: its name could be anybody's (RFC 7591 §5). */
  readonly unvettedHost?: string | undefined;
}

export function renderConsent(view: ConsentView): Html {
  const { t, application, account, unvettedHost } = view;
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
${unvettedHost && html`<p class="hint">${texts.unvetted(unvettedHost)}</p>`}
<div class="buttons">${primaryButton(texts.accept, 'accept')}${secondaryButton(texts.deny, 'deny')}</div>
${applicationLinks(application, t)}`,
)}`,
  );
}

export const consent: Screen = {
  name: 'consent',
  serves: 'consent',
  render({ view, facts, stored }) {
    const { person, client } = facts;
    if (!person) return undefined;
    const { host, protocol } = new URL(stored.transaction.request.redirect_uri);
    return renderConsent({
      ...view,
      asked: person.user_id,
      unvettedHost: client.registration && (host || protocol),
      account: accountOf(person),
      ...permissionsOf(facts),
    });
  },
  async submit({ ctx, facts, caller }, form) {
    const { person, client } = facts;
    if (!person || form.get('asked') !== person.user_id) return advance({});
    if (form.get('action') !== 'accept') return advance({ denied: true });
    const ids = { user_id: person.user_id, client_id: client.client_id };
    await recordConsent(ctx, { ...facts, ...ids });
    ctx.emit({ type: 'gd_consent', client_id: client.client_id, user_id: person.user_id, ip: caller.ip });
    return advance({ consented_by: person.user_id });
  },
};
