// Owns the page that confirms a logout, and logs the browser out at the applications that want it so.
import { type Html, html } from '#http/html';
import { redirectUriFault } from '#protocol/redirect-uri';
import { assetPath } from '../assets.ts';
import { heading } from '../components.ts';
import { type PageView, page } from '../layout.ts';
import { externalUrl } from '../urls.ts';

export interface LoggedOutView extends PageView {
  /** The applications' addresses that are visited in frames (OpenID Connect Front-Channel Logout §3). */
  readonly frames: readonly string[];
  /** Where the page goes on to by itself: a registered address. It stays when there is none. */
  readonly goOnTo?: string | undefined;
}

/** Without scripts nobody can tell when the frames have loaded. */
const patienceSec = 4;

export function renderLoggedOut(view: LoggedOutView): Html {
  const { loggedOut: texts } = view.t;
  const { frames, nonce } = view;
  // It may be of a native application's own scheme, which no other link of a page has.
  const goOnTo = view.goOnTo === undefined || redirectUriFault(view.goOnTo) !== undefined ? undefined : view.goOnTo;
  return page(
    view,
    texts.title,
    html`${heading(texts.title, goOnTo === undefined ? texts.text : texts.goingOn)}
${goOnTo !== undefined && html`<div class="stack"><a class="button primary" id="go-on" href="${goOnTo}">${view.t.common.continue}</a></div>`}
${frames.map(frame)}`,
    goOnTo === undefined
      ? undefined
      : html`<noscript><meta http-equiv="refresh" content="${patienceSec};url=${goOnTo}"></noscript>
<script type="module" src="${assetPath('leave.js')}" nonce="${nonce}"></script>`,
  );
}

/** It may run its scripts on its own origin, and can neither lead this page away nor open another. */
function frame(address: string): Html | undefined {
  const source = externalUrl(address);
  if (source === undefined) return undefined;
  return html`<iframe src="${source}" sandbox="allow-scripts allow-same-origin" referrerpolicy="no-referrer" hidden></iframe>
`;
}
