// Owns how the tenant's pages look, as administrators set it, in Auth0's spelling.
import { records, singleton } from './records.ts';

export interface Branding {
  readonly colors?: {
    /** `#rrggbb` */
    readonly primary?: string;
    /** `#rrggbb`, or a gradient. */
    readonly page_background?: string | object;
  };
  readonly favicon_url?: string;
  readonly logo_url?: string;
  readonly font?: { readonly url?: string };
}

export const branding = singleton<Branding>('branding', {
  colors: { primary: '#0059d6', page_background: '#000000' },
  logo_url: '',
});

/** Liquid, around the widget that people sign in with. */
export const pageTemplate = singleton('branding', { body: '' }, 'universal-login');

export interface Theme {
  readonly themeId: string;
  readonly displayName: string;
  readonly borders: object;
  readonly colors: object;
  readonly fonts: object;
  readonly identifiers?: object;
  readonly page_background: object;
  readonly widget: object;
}

/** There is one at most, which is the default. */
export const themes = records<Theme>('themes', () => 'default');
