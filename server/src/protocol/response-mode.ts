// Owns the shape of a response mode: a way to carry an authorization response back to the application.
import type { VerifiedRedirectUri } from './redirect-uri.ts';

/** The parameters of an authorization response; undefined ones are left out. */
export type ResponseParameters = Readonly<Record<string, string | undefined>>;

export type Delivery =
  /** The browser is sent to an address. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** The browser posts a form to an address. */
  | { readonly kind: 'form'; readonly action: VerifiedRedirectUri; readonly fields: Readonly<Record<string, string>> }
  /** A page hands the response to the window that opened or framed it, of this origin only. */
  | { readonly kind: 'message'; readonly targetOrigin: string; readonly response: Readonly<Record<string, string>> };

export interface ResponseMode {
  readonly name: string;
  deliver(redirectUri: VerifiedRedirectUri, response: Readonly<Record<string, string>>): Delivery;
}
