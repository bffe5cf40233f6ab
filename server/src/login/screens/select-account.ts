// Owns the screen that asks whether to go on with the account that is logged in.

import { anotherAccount } from '#domain/login-flow';
import { type Html, html } from '#http/html';
import { accountOf } from '../account.ts';
import { type AccountView, type ApplicationView, accountCard, divider, heading } from '../components.ts';
import { form, primaryButton, secondaryButton } from '../fields.ts';
import { type PageView, page } from '../layout.ts';
import { advance, type Screen } from '../screen.ts';

export interface SelectAccountView extends PageView {
  readonly state: string;
  readonly application: ApplicationView;
  readonly account: AccountView;
}

export function renderSelectAccount(view: SelectAccountView): Html {
  const texts = view.t.selectAccount;
  const { account } = view;
  return page(
    view,
    texts.title,
    html`${heading(texts.title, texts.lede(view.application.name))}
${form(
  view.state,
  html`${accountCard(account)}
${primaryButton(texts.continueAs(account.name || account.email))}
${divider(texts.or)}
${secondaryButton(texts.other, 'other')}`,
)}`,
  );
}

export const selectAccount: Screen = {
  name: 'select-account',
  serves: 'select-account',
  render({ view, facts }) {
    if (!facts.session) return undefined;
    return renderSelectAccount({ ...view, account: accountOf(facts.session.user) });
  },
  async submit({ facts }, form) {
    const stays = facts.session !== undefined && form.get('action') !== 'other';
    return advance({ account: stays ? facts.session.user_id : anotherAccount });
  },
};
