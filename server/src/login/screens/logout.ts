// Owns the screen that asks before logging out, where nothing proves that the person asked for it.
import { type Html, html } from '#http/html';
import { type AccountView, accountCard, heading, wayOut } from '../components.ts';
import { form, primaryButton } from '../fields.ts';
import { type PageView, page } from '../layout.ts';

export interface LogoutView extends PageView {
  readonly state: string;
  readonly account?: AccountView | undefined;
  /** Where someone who stays logged in goes: a path of this server or an application's address. */
  readonly stayHref?: string | undefined;
}

export function renderLogout(view: LogoutView): Html {
  const texts = view.t.logout;
  return page(
    view,
    texts.title,
    html`${heading(texts.title, texts.lede(view.tenantName))}
${form(
  view.state,
  html`${view.account && accountCard(view.account)}
${primaryButton(texts.submit, 'logout')}
${view.stayHref && wayOut(undefined, texts.stay, view.stayHref)}`,
)}`,
  );
}
