// Owns the picture of who has none: Gravatar's for the address, or the initials, as at Auth0.
import { hash } from 'node:crypto';

/** The address of a picture for an e-mail address or a name. */
export function pictureOf(name: string): string {
  const md5 = hash('md5', name.trim().toLowerCase(), 'hex');
  const initials = encodeURIComponent([...name.toLowerCase()].slice(0, 2).join(''));
  const fallback = encodeURIComponent(`https://cdn.auth0.com/avatars/${initials}.png`);
  return `https://s.gravatar.com/avatar/${md5}?s=480&r=pg&d=${fallback}`;
}

/** Whether a picture is one of those: its host would learn who is on our pages, and shows nothing that we don't. */
export function isMadeUpPicture(address: string): boolean {
  return address.startsWith('https://s.gravatar.com/avatar/');
}
