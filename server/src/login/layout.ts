// Owns the document around every hosted page: head, brand, card, footer.
import { type Html, html } from '#http/html';
import { type Catalogue, catalogues, type Locale } from '#i18n/locale';
import { assetPath } from './assets.ts';
import { externalUrl, pageUrl } from './urls.ts';

/** The same page in a language; `href` keeps the transaction's state (`?state=…&ui_locales=ja`). */
export interface LanguageLink {
  readonly locale: Locale;
  readonly href: string;
}

/** What every hosted page needs. `nonce` is the one in the response's Content-Security-Policy. */
export interface PageView {
  readonly locale: Locale;
  readonly t: Catalogue;
  readonly nonce: string;
  readonly tenantName: string;
  readonly logoUri?: string | undefined;
  readonly languageLinks?: readonly LanguageLink[] | undefined;
  readonly privacyUri?: string | undefined;
  readonly termsUri?: string | undefined;
}

/** A whole document. `title` stands in the browser's tab, before the tenant's name; `head` is what the page alone has there. */
export function page(view: PageView, title: string, content: Html, head?: Html): Html {
  return html`<!doctype html>
<html lang="${view.locale}">
<head>
<meta charset="utf-8">
<title>${view.t.common.pageTitle(title, view.tenantName)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" type="image/svg+xml" href="${assetPath('logo.svg')}">
<link rel="stylesheet" href="${assetPath('login.css')}" nonce="${view.nonce}">
<script type="module" src="${assetPath('enhance.js')}" nonce="${view.nonce}"></script>
${head}
</head>
<body>
<div class="page">
<main class="card">
${brand(view)}
${content}
</main>
${footer(view)}
</div>
</body>
</html>
`;
}

function brand(view: PageView): Html {
  const logo = externalUrl(view.logoUri);
  if (logo) {
    const image = html`<img src="${logo}" alt="${view.tenantName}" height="40" referrerpolicy="no-referrer">`;
    return html`<div class="brand">${image}</div>`;
  }
  return html`<div class="brand">
<img src="${assetPath('logo.svg')}" alt="" width="40" height="40"><span>${view.tenantName}</span>
</div>`;
}

function footer(view: PageView): Html | undefined {
  const { t, languageLinks = [] } = view;
  const privacy = externalUrl(view.privacyUri);
  const terms = externalUrl(view.termsUri);
  if (languageLinks.length < 2 && !privacy && !terms) return undefined;
  return html`<footer class="foot">
${
  languageLinks.length > 1 &&
  html`<nav aria-label="${t.common.languages}"><ul>${languageLinks.map((link) => language(link, view.locale))}</ul></nav>`
}
${
  (privacy || terms) &&
  html`<ul>
${privacy && html`<li><a href="${privacy}">${t.common.privacy}</a></li>`}
${terms && html`<li><a href="${terms}">${t.common.terms}</a></li>`}
</ul>`
}
</footer>`;
}

function language(link: LanguageLink, current: Locale): Html {
  const name = catalogues[link.locale].language;
  const href = pageUrl(link.href);
  if (link.locale === current || !href) {
    return html`<li><span lang="${link.locale}" aria-current="true">${name}</span></li>`;
  }
  return html`<li><a href="${href}" lang="${link.locale}" hreflang="${link.locale}">${name}</a></li>`;
}
