// Owns what every hosted page is given: language, tenant, nonce.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '#crypto/random';
import type { Context } from '#domain/context';
import { tenantSettings } from '#domain/tenant-settings';
import { queryOf } from '#http/form';
import { type PagePolicy, pageHeaders } from '#http/headers';
import type { Html } from '#http/html';
import { acceptedLanguages, availableLocales, catalogues, chooseLocale, type Locale } from '#i18n/locale';
import type { LanguageLink, PageView } from './layout.ts';

/** What the address of the page says of the language: the switch in the footer puts it there. */
export function chosenLanguage(request: FastifyRequest): string | undefined {
  try {
    return queryOf(request.url).get('ui_locales');
  } catch {
    return undefined;
  }
}

/** Where a page is, and what its other languages are to keep. */
export interface Address {
  readonly path: string;
  readonly [kept: string]: string;
}

function languageLinks(available: readonly Locale[], { path, ...keep }: Address): LanguageLink[] {
  return available.map((locale) => ({
    locale,
    href: `${path}?${new URLSearchParams({ ...keep, ui_locales: locale })}`,
  }));
}

/**
 * The view of a page. `wishes` are language tags, best first: the person's choice on the page, then the application's;
 * the browser's come after them, then the tenant's default. With a path the page offers its other languages.
 */
export async function pageView(
  ctx: Context,
  request: FastifyRequest,
  wishes: readonly string[],
  page?: Address,
): Promise<PageView> {
  const { friendly_name, enabled_locales } = await tenantSettings(ctx);
  const available = availableLocales(enabled_locales);
  const tags = [...wishes, ...acceptedLanguages(request.headers['accept-language'])];
  const locale = chooseLocale(tags, available[0] as Locale, available);
  return {
    locale,
    t: catalogues[locale],
    nonce: randomId(),
    tenantName: friendly_name,
    languageLinks: page && languageLinks(available, page),
  };
}

export function sendPage(reply: FastifyReply, status: number, html: Html, policy: PagePolicy): FastifyReply {
  return reply.code(status).headers(pageHeaders(policy)).send(html.html);
}
