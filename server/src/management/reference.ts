// Owns the reference of the Management API for people: one page, made from the endpoints' own declarations.
import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '#crypto/random';
import { pageHeaders } from '#http/headers';
import { type Html, html } from '#http/html';
import { acceptedLanguages, catalogues, chooseLocale, type Locale, locales } from '#i18n/locale';
import { endpointSection, type Wording } from './reference-endpoint.ts';
import { guide } from './reference-guide.ts';
import type { Resource } from './resource.ts';

const asset = (name: string) => ({ html: readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8') });
const style = asset('reference.css');
const script = asset('reference.js');

const logo = html`<svg viewBox="0 0 40 40" aria-hidden="true" focusable="false"><rect width="40" height="40" rx="10" fill="#c73e1d"/><g fill="#fff"><path d="M12.5 5h10v10.75L15 23.25V35h-2.5a2.5 2.5 0 0 1-2.5-2.5v-25A2.5 2.5 0 0 1 12.5 5z"/><path d="M27.5 35h-10V24.25l7.5-7.5V5h2.5a2.5 2.5 0 0 1 2.5 2.5v25a2.5 2.5 0 0 1-2.5 2.5z"/></g></svg>`;

function languageSwitch(current: Locale): Html {
  const others = locales.filter((locale) => locale !== current);
  return html`${others.map(
    (locale) =>
      html`<a href="?ui_locales=${locale}" lang="${locale}" hreflang="${locale}">${catalogues[locale].language}</a>`,
  )}`;
}

function filterBox(locale: Locale): Html {
  const text = catalogues[locale].apiReference;
  return html`<form class="filter" role="search" data-found="${text.found('{count}')}" hidden><label>${text.filter}<input type="search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" placeholder="${text.filterExample}"></label><p role="status"></p></form>`;
}

function page(resources: readonly Resource[], issuer: string, wording: Wording, nonce: string): Html {
  const { locale } = wording;
  const text = catalogues[locale].apiReference;
  return html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${text.title} · Warifu</title>
<link rel="icon" href="data:,"><style nonce="${nonce}">${style}</style></head>
<body><header class="bar"><span class="brand">${logo}Warifu</span>${languageSwitch(locale)}</header>
<main><div class="intro"><h1>${text.title}</h1><p class="lead">${text.lead} ${withDocument(text.document)}</p>${guide(issuer, locale)}</div>
<nav class="contents" aria-labelledby="contents"><h2 id="contents">${text.resources}</h2><ul>${resources.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}</ul></nav>
<div class="resources">${filterBox(locale)}${resources.map(
    ({ name, endpoints }) =>
      html`<section class="resource" id="${name}"><h2>${name}</h2><div class="endpoints">${endpoints.map((endpoint) => endpointSection(endpoint, wording))}</div></section>`,
  )}</div></main><script type="module" nonce="${nonce}">${script}</script></body></html>`;
}

function withDocument(label: string): Html {
  return html`<a href="openapi.json">${label}</a>`;
}

/** The Japanese is loaded when it is asked for first: nothing else needs it. */
async function wordingIn(locale: Locale): Promise<Wording> {
  if (locale === 'en') return { locale, summary: (english) => english, member: (english) => english };
  const { memberInJapanese, summaryInJapanese } = await import('#i18n/api-reference-ja/translate');
  return { locale, summary: summaryInJapanese, member: memberInJapanese };
}

/** The page, in the language that is asked for: by `ui_locales`, else as the browser prefers. */
export async function sendReference(
  resources: readonly Resource[],
  issuer: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = new URLSearchParams(request.url.split('?')[1]).get('ui_locales')?.split(' ') ?? [];
  const locale = chooseLocale([...asked, ...acceptedLanguages(request.headers['accept-language'])], 'en');
  const nonce = randomId();
  const wording = await wordingIn(locale);
  return reply.headers(pageHeaders({ nonce })).send(page(resources, issuer, wording, nonce).html);
}
