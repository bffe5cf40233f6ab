// Owns every Japanese sentence that a person reads.
import type { Catalogue } from './en.ts';

export const ja: Catalogue = {
  language: '日本語',
  common: {
    continue: '続ける',
    back: '戻る',
  },
};
