// Owns which addresses a hosted page may point to.

/** The address if it is an absolute http or https one; anything else (`javascript:`, `data:`) is left out. */
export function externalUrl(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** The address if it stays on this server: a path or a query. */
export function pageUrl(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  return /^(?:\?|\/(?![/\\\s]))/.test(address) ? address : undefined;
}

/** The address if a link may carry it, on this server or elsewhere. */
export function linkUrl(address: string | undefined): string | undefined {
  return pageUrl(address) ?? externalUrl(address);
}
