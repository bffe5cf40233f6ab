// Owns the choice of language: which languages there are, and which one a request gets.
import { type Catalogue, en } from './en.ts';
import { ja } from './ja.ts';

export type { Catalogue } from './en.ts';
export type Locale = 'en' | 'ja';

export const catalogues: Record<Locale, Catalogue> = { en, ja };
export const locales = Object.keys(catalogues) as Locale[];

function supported(tag: string): Locale | undefined {
  const primary = tag.trim().toLowerCase().split('-')[0];
  return locales.find((locale) => locale === primary);
}

/** Parses an Accept-Language header into tags, best first (RFC 9110 §12.5.4). Malformed parts are passed over. */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, order, q: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, q }) => tag !== '' && q > 0)
    .sort((a, b) => b.q - a.q || a.order - b.order)
    .map(({ tag }) => tag);
}

/** The first of the available languages that the given tags name (best first), or the fallback. */
export function chooseLocale(tags: readonly string[], fallback: Locale, available = locales): Locale {
  for (const tag of tags) {
    const locale = supported(tag);
    if (locale && available.includes(locale)) return locale;
  }
  return fallback;
}

/** The languages among the given tags that there are, in their order; all of them when none is. */
export function availableLocales(tags: readonly string[]): Locale[] {
  const known = tags.flatMap((tag) => supported(tag) ?? []);
  return known.length > 0 ? [...new Set(known)] : locales;
}
