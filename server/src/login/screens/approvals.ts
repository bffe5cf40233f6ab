// Owns the page that lists what waits for the person who is signed in.
import { type Html, html } from '#http/html';
import type { Catalogue } from '#i18n/en';
import { type AccountView, type ApplicationView, accountCard, heading } from '../components.ts';
import { type PageView, page } from '../layout.ts';
import { pageUrl } from '../urls.ts';

export interface ApprovalsView extends PageView {
  readonly account: AccountView;
  readonly waiting: readonly {
    readonly application: ApplicationView;
    readonly message: string | undefined;
    readonly href: string;
  }[];
}

export function renderApprovals(view: ApprovalsView): Html {
  const { t, account, waiting } = view;
  const texts = t.approvals;
  return page(
    view,
    texts.title,
    html`${heading(texts.title, waiting.length > 0 ? texts.lede : texts.none)}
<div class="stack">
${accountCard(account)}
${waiting.length > 0 && html`<ul class="group">${waiting.map((one) => waitingItem(one, t))}</ul>`}
</div>`,
  );
}

function waitingItem({ application, message, href }: ApprovalsView['waiting'][number], t: Catalogue): Html {
  const texts = t.approvals;
  return html`<li class="account">
<span class="who"><span class="name">${application.name}</span>${message && html`<bdi class="email">${message}</bdi>`}</span>
<a href="${pageUrl(href)}" aria-label="${texts.reviewOf(application.name)}">${texts.review}</a>
</li>`;
}
