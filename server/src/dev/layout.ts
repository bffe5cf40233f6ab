// Owns what the development pages have in common: the headers, the frame around the content, and the logo.
import type { FastifyReply } from 'fastify';
import { noStore } from '#http/headers';
import { type Html, html } from '#http/html';
import { catalogues, type Locale, locales } from '#i18n/locale';
import { devTexts } from './texts.ts';

// frame-src: the SDK asks for a session in a hidden frame; img-src https: a user's picture may be anywhere.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "img-src 'self' data: https:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers that every development page and file carries. */
export const guards = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** The tally: two halves of one piece of wood, and the seal that was pressed across the cut. */
export const logo: Html = html`<svg class="tally" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <clipPath id="left-half"><path d="M7 2h7.4l-1.6 7 3.2 7-3.2 7 1.6 7H7a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z"/></clipPath>
  <clipPath id="right-half"><path d="M16.6 2H25a2 2 0 0 1 2 2v24a2 2 0 0 1-2 2h-8.4L15 23l3.2-7L15 9z"/></clipPath>
  <g class="left" clip-path="url(#left-half)"><path class="wood" d="M5 2h14v28H5z"/><circle class="seal" cx="16.2" cy="16" r="7"/></g>
  <g class="right" clip-path="url(#right-half)"><path class="wood" d="M13 2h14v28H13z"/><circle class="seal" cx="16.2" cy="16" r="7"/></g>
</svg>`;

export interface Page {
  locale: Locale;
  title: string;
  /** Module scripts' addresses. */
  scripts?: readonly string[];
  /** The name of this part of the site, beside the logo; the welcome page needs none. */
  place?: string;
  main: Html;
  footer?: Html;
}

function languageSwitch(current: Locale): Html {
  return html`<nav class="languages" aria-label="${devTexts[current].languages}">${locales.map(
    (locale) =>
      html`<a href="?ui_locales=${locale}" lang="${locale}" hreflang="${locale}"${
        locale === current && html` aria-current="true"`
      }>${catalogues[locale].language}</a>`,
  )}</nav>`;
}

/** Answers with a whole page; it is never stored, because its language depends on the visitor. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  const document = html`<!doctype html>
<html lang="${page.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Warifu</title>
<link rel="icon" href="/demo/logo.svg" type="image/svg+xml">
<link rel="stylesheet" href="/demo/style.css">
${(page.scripts ?? []).map((source) => html`<script type="module" src="${source}"></script>`)}
</head>
<body>
<header class="bar"><a class="brand" href="/"><img src="/demo/logo.svg" alt="" width="28" height="28"><span>Warifu</span></a>${
    page.place !== undefined && html`<span class="place">${page.place}</span>`
  }${languageSwitch(page.locale)}</header>
<main>${page.main}</main>
${page.footer && html`<footer>${page.footer}</footer>`}
</body>
</html>
`;
  return reply
    .headers({ ...guards, ...noStore })
    .type('text/html; charset=utf-8')
    .send(document.html);
}
