// Owns the question where a form was sent from.

/**
 * Whether a form may come from where the browser says. Old browsers and scripted ones say nothing, and are judged by
 * the form's own secret alone; whoever says something must say our origin.
 */
export function isSameOrigin(headers: { origin?: string | undefined }, issuer: string): boolean {
  return headers.origin === undefined || headers.origin === new URL(issuer).origin;
}
