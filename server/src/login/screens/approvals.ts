// Owns the page that lists what waits for the person who is signed in.
import { type Html, html } from '#http/html';
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
${waiting.length > 0 && html`<ul class="waiting">${waiting.map((one) => waitingItem(one, texts.review(one.application.name)))}</ul>`}
</div>`,
  );
}

function waitingItem({ message, href }: ApprovalsView['waiting'][number], label: string): Html {
  return html`<li><a class="button" href="${pageUrl(href)}">${label}</a>${message && html`<p class="hint"><bdi>${message}</bdi></p>`}</li>`;
}
