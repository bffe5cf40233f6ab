// Owns the list of the languages in which the development pages speak.
import { type DevTexts, en } from './texts/en.ts';
import { ja } from './texts/ja.ts';
import type { Locale } from '#i18n/locale';

export const devTexts: Record<Locale, DevTexts> = { en, ja };
