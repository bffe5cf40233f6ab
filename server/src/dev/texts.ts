// Owns the list of the languages in which the development pages speak.

import type { Locale } from '#i18n/locale';
import { type DevTexts, en } from './texts/en.ts';
import { ja } from './texts/ja.ts';

export const devTexts: Record<Locale, DevTexts> = { en, ja };
