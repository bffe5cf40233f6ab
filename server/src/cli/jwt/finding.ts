// Owns the shape of a finding about a token, and of the rules that find them.
import type { Kind } from './kind.ts';
import type { JwtTexts } from './texts/en.ts';
import type { SignedToken } from './token.ts';
import type { Look } from './value.ts';

export interface Finding {
  readonly level: keyof JwtTexts['explain']['levels'];
  readonly sentence: string;
}

/** What a rule judges by. */
export interface Facts extends Look {
  readonly token: SignedToken;
  readonly kind: Kind;
  readonly texts: JwtTexts;
}

export type Rule = (facts: Facts) => readonly Finding[];
