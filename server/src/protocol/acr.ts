// Owns how strongly a person proved who they are, as tokens tell it (OpenID Connect Core §2: acr, amr; RFC 8176).
import { valuesOf, type WantedClaim } from './claims-request.ts';

/** One factor: level of assurance 1 of ISO/IEC 29115. */
const singleFactor = '1';

/** The classes that can be reached here. */
export const acrValues: readonly string[] = [singleFactor];

/** The class that the methods of a sign-in reach. */
export function acrOf(_methods: readonly string[]): string {
  return singleFactor;
}

/** Whether a class must be reached which isn't (OpenID Connect Core §5.5.1.1): essential, of certain values, of none here. */
export function isUnmet(wanted: WantedClaim | null | undefined, acr: string): boolean {
  if (!wanted?.essential) return false;
  return valuesOf(wanted)?.includes(acr) === false;
}
