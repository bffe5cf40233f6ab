// Owns the list of grants. Discovery tells applications of them.
import type { Grant } from './grant.ts';
import { authorizationCode } from './grants/authorization-code.ts';
import { ciba } from './grants/ciba.ts';
import { clientCredentials } from './grants/client-credentials.ts';
import { deviceCode } from './grants/device-code.ts';
import { jwtBearer } from './grants/jwt-bearer.ts';
import { password } from './grants/password.ts';
import { passwordRealm } from './grants/password-realm.ts';
import { refreshToken } from './grants/refresh-token.ts';
import { tokenExchange } from './grants/token-exchange.ts';

export const grants: readonly Grant[] = [
  authorizationCode,
  refreshToken,
  clientCredentials,
  password,
  passwordRealm,
  tokenExchange,
  jwtBearer,
  deviceCode,
  ciba,
];

const byName: ReadonlyMap<string, Grant> = new Map(grants.map((grant) => [grant.name, grant]));

export function findGrant(name: string): Grant | undefined {
  return byName.get(name);
}
