// Owns a person as the pages show them.
import { isMadeUpPicture } from '#crypto/picture';
import type { User } from '#domain/users';
import type { AccountView } from './components.ts';

/** The picture that a person has chosen, or that their provider keeps of them. */
export function ownPicture({ picture }: Pick<User, 'picture'>): string | undefined {
  return picture === null || isMadeUpPicture(picture) ? undefined : picture;
}

export function accountOf(user: Pick<User, 'email' | 'name' | 'picture'>): AccountView {
  return { email: user.email ?? '', name: user.name ?? undefined, picture: ownPicture(user) };
}
