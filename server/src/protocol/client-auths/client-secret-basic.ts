// Owns client_secret_basic: id and secret in the Authorization header (RFC 6749 §2.3.1).
import type { ClientAuth } from '../client-auth.ts';
import { invalidRequest } from '../oauth-error.ts';

const basic = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** What the header holds; undefined where it is of another scheme, or no Base64, such as a single character. */
function decodeHeader(authorization: string): string | undefined {
  const encoded = basic.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

const malformed = 'The Authorization header is malformed: client_id and client_secret must be form-encoded.';

function formDecode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest(malformed);
  }
  if (decoded.includes('\0')) throw invalidRequest(malformed);
  return decoded;
}

export const clientSecretBasic: ClientAuth = {
  name: 'client_secret_basic',
  read(authorization, form) {
    if (authorization === undefined) return undefined;
    const decoded = decodeHeader(authorization);
    if (decoded === undefined)
      throw invalidRequest('The Authorization header must be "Basic" with client_id:client_secret in Base64.');
    const colon = decoded.indexOf(':');
    if (colon < 1)
      throw invalidRequest('The Authorization header must hold client_id and client_secret, separated by a colon.');
    const client_id = formDecode(decoded.slice(0, colon));
    if ((form.get('client_id') ?? client_id) !== client_id) {
      throw invalidRequest('The client_id of the body differs from the one in the Authorization header.');
    }
    return { client_id, client_secret: formDecode(decoded.slice(colon + 1)) };
  },
};
