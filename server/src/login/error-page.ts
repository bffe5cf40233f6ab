// Owns the pages that end a journey: what went wrong, in a sentence for the person and in detail for a developer.
import { type Html, html } from '#http/html';
import { heading, linkButton } from './components.ts';
import { type PageView, page } from './layout.ts';

/** Where a person can start again, if it is known. */
export interface BackTo {
  readonly name: string;
  readonly uri: string;
}

export interface ErrorView extends PageView {
  /** `request`: the application's request can't be accepted. `cookies`: the browser sent no proof of the journey. */
  readonly kind: 'request' | 'unexpected' | 'notFound' | 'cookies';
  /** The protocol's error code. */
  readonly code: string;
  /** The sentence for the developer, in English as on the wire. */
  readonly description: string;
  readonly requestId: string;
  readonly backTo?: BackTo | undefined;
}

/** The page for a refusal that can't be sent back to the application. */
export function renderError(view: ErrorView): Html {
  const { t } = view;
  const texts = t.error[view.kind];
  return page(
    view,
    texts.title,
    html`${heading(texts.title, texts.text)}
<div class="stack">
${back(view)}
<details>
<summary>${t.error.developers}</summary>
<dl>
<dt>${t.error.code}</dt><dd lang="en"><code>${view.code}</code></dd>
<dt>${t.error.description}</dt><dd lang="en">${view.description}</dd>
<dt>${t.error.requestId}</dt><dd><code>${view.requestId}</code></dd>
</dl>
</details>
</div>`,
  );
}

export interface ExpiredView extends PageView {
  readonly backTo?: BackTo | undefined;
}

/** The page for a journey that took too long or was already completed. */
export function renderExpired(view: ExpiredView): Html {
  const { t } = view;
  const link = back(view);
  return page(
    view,
    t.expired.title,
    html`${heading(t.expired.title, t.expired.text)}
${link && html`<div class="stack">${link}</div>`}`,
  );
}

function back({ t, backTo }: ExpiredView): Html | undefined {
  return backTo && linkButton(t.common.backTo(backTo.name), backTo.uri);
}
