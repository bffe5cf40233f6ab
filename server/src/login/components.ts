// Owns what the pages show: headings, who is signed in, ways out.
import { type Html, html } from '#http/html';
import type { Catalogue } from '#i18n/en';
import { cutIcon } from './icons.ts';
import { externalUrl, linkUrl, pageUrl } from './urls.ts';

/** A person as the pages show them. `name` may be missing or the same as the e-mail address. */
export interface AccountView {
  readonly name?: string | undefined;
  readonly email: string;
  readonly picture?: string | undefined;
}

/** An application as the pages show it. */
export interface ApplicationView {
  readonly name: string;
  readonly logoUri?: string | undefined;
  /** What it says of itself, at addresses of its own. */
  readonly policyUri?: string | undefined;
  readonly tosUri?: string | undefined;
}

/** The page's heading and the sentence under it. */
export function heading(title: string, lede?: string): Html {
  return html`<h1>${title}</h1>${
    lede &&
    html`
<p class="lede">${lede}</p>`
  }`;
}

/** Who this is about. */
export function accountCard(account: AccountView): Html {
  return html`<div class="account">${avatar(account)}${who(account)}</div>`;
}

/** The identifier that was given on the screen before, with the way back to it. */
export function identifierCard(identifier: string, editHref: string, t: Catalogue): Html {
  const label = t.common.editIdentifier(identifier);
  return html`<div class="account">
<span class="who"><span>${identifier}</span></span>
<a href="${pageUrl(editHref)}" aria-label="${label}">${t.common.edit}</a>
</div>`;
}

/** An application and a person, with the tally's cut between them. */
export function pair(application: ApplicationView, account: AccountView): Html {
  return html`<div class="pair" aria-hidden="true">
<span class="tile">${initial(application.name)}${picture(application.logoUri)}</span>${cutIcon}${avatar(account)}
</div>`;
}

/** The application's picture where it has one; its name stands below. */
export function applicationLogo(application: ApplicationView): Html | undefined {
  const logo = picture(application.logoUri);
  return (
    logo &&
    html`<div class="pair" aria-hidden="true"><span class="tile">${initial(application.name)}${logo}</span></div>`
  );
}

/** Where the application says what it does with what it is told. */
export function applicationLinks({ policyUri, tosUri }: ApplicationView, t: Catalogue): Html | undefined {
  const policy = externalUrl(policyUri);
  const terms = externalUrl(tosUri);
  if (!policy && !terms) return undefined;
  return html`<p class="links"><span>${t.consent.policies}</span>
${policy && html`<a href="${policy}" target="_blank" rel="noopener noreferrer">${t.common.privacy}</a>`}
${terms && html`<a href="${terms}" target="_blank" rel="noopener noreferrer">${t.common.terms}</a>`}</p>`;
}

/** A line between two choices. */
export function divider(label: string): Html {
  return html`<div class="divider">${label}</div>`;
}

/** A sentence that leads to another page: "New here? Create an account". */
export function wayOut(sentence: string | undefined, label: string, href: string): Html {
  return html`<p class="links">${sentence && html`<span>${sentence}</span>`}<a href="${linkUrl(href)}">${label}</a></p>`;
}

/** A link to somewhere else in the shape of a button; nothing where the address can't be trusted. */
export function linkButton(label: string, address: string | undefined): Html | undefined {
  const href = externalUrl(address);
  return href ? html`<a class="button primary" href="${href}">${label}</a>` : undefined;
}

function avatar(account: AccountView): Html {
  return html`<span class="avatar" aria-hidden="true">${initial(account.name || account.email)}${picture(account.picture)}</span>`;
}

function who({ name, email }: AccountView): Html {
  if (!name || name === email) return html`<span class="who"><span>${email}</span></span>`;
  return html`<span class="who"><span class="name">${name}</span><span class="email">${email}</span></span>`;
}

// It lies over the initial, which is what remains where the picture can't be loaded.
function picture(address: string | undefined): Html | undefined {
  const source = externalUrl(address);
  return source?.startsWith('https:') ? html`<img src="${source}" alt="" referrerpolicy="no-referrer">` : undefined;
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function initial(name: string): string {
  for (const { segment } of characters.segment(name.trim().slice(0, 40))) return segment.toUpperCase();
  return '';
}
