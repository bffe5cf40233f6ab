// Owns the list of the languages in which `warifu jwt` speaks.
import type { Locale } from '#i18n/locale';
import { en, type JwtTexts } from './texts/en.ts';
import { ja } from './texts/ja.ts';

export const jwtTexts: Record<Locale, JwtTexts> = { en, ja };
