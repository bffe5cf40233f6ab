// Owns the page that confirms a logout.
import { type Html, html } from '#http/html';
import { heading, linkButton } from '../components.ts';
import type { BackTo } from '../error-page.ts';
import { type PageView, page } from '../layout.ts';

export interface LoggedOutView extends PageView {
  readonly backTo?: BackTo | undefined;
}

export function renderLoggedOut(view: LoggedOutView): Html {
  const { t, backTo } = view;
  const link = backTo && linkButton(t.common.backTo(backTo.name), backTo.uri);
  return page(
    view,
    t.loggedOut.title,
    html`${heading(t.loggedOut.title, t.loggedOut.text)}
${link && html`<div class="stack">${link}</div>`}`,
  );
}
