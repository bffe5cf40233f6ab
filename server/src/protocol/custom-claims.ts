// Owns which claims of its own a deployment may put into tokens: none of ours, and none that must stay secret.
import type { Claims } from './claims.ts';
import { invalidRequest } from './oauth-error.ts';
import { type SecretKind, secretsWithin } from './secrets-within.ts';

/** What tokens say already, or mean something by (RFC 7519 §4.1, RFC 9068, OpenID Connect Core §2, RFC 8693 §4). */
const ofTokens =
  'iss sub sealed_sub aud exp iat nbf jti azp client_id scope permissions sid nonce auth_time acr amr gty cnf act may_act ' +
  'authorization_details userinfo_claims at_hash c_hash s_hash rt_hash org_id org_name roles groups entitlements events toe txn typ ' +
  'alg kid crit jwk jku x5u x5t x5c sub_jwk sub_id active token_type username status vot vtm';

/** What is known of people, which comes from their profile (OpenID Connect Core §5.1). */
const ofPeople =
  'name given_name family_name middle_name nickname preferred_username profile picture website email email_verified ' +
  'gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at';

/** What JavaScript takes for something else than a name. */
const ofJavaScript = '__proto__ constructor prototype';

export const reservedClaims: ReadonlySet<string> = new Set(`${ofTokens} ${ofPeople} ${ofJavaScript}`.split(' '));

/** Characters of JSON. More makes a header that servers refuse. */
const longest = 4096;
const longestName = 256;

const because = 'Who holds a token can read all that it says. Give the API an id, and let it look the value up.';
const secretSentences: Record<SecretKind, (path: string) => string> = {
  secretName: (path) => `The claim ${path} looks like a password or a key. ${because}`,
  privateKey: (path) => `The claim ${path} contains a private key. ${because}`,
  cardNumber: (path) => `The claim ${path} looks like the number of a payment card. ${because}`,
  myNumber: (path) => `The claim ${path} looks like a My Number. ${because}`,
};

function nameFault(name: string): string | undefined {
  if (reservedClaims.has(name.toLowerCase())) {
    return `The claim ${name} is the server's own. Choose another name, such as https://example.com/${name}.`;
  }
  // Auth0's namespace for claims that only it may set.
  if (/^urn:auth0/i.test(name)) return 'Names that begin with urn:auth0 are reserved. Choose a name of your own.';
  const wellFormed = name !== '' && name.length <= longestName && !/\p{C}/u.test(name);
  return wellFormed ? undefined : `The name of a claim is 1 to ${longestName} printable characters.`;
}

/** The claims as a token's reader will see them: whatever has a toJSON of its own might be anything. */
function asRead(claims: Claims): { json: string; read: Claims } | undefined {
  try {
    const json = JSON.stringify(claims);
    const read: unknown = JSON.parse(json);
    return typeof read === 'object' && read !== null && !Array.isArray(read)
      ? { json, read: read as Claims }
      : undefined;
  } catch {
    return undefined;
  }
}

function faultOf(json: string, read: Claims): string | undefined {
  for (const name of Object.keys(read)) {
    const fault = nameFault(name);
    if (fault !== undefined) return fault;
  }
  if (json.length > longest) {
    return `The claims are longer than ${longest} characters of JSON. Tokens travel in headers: say less in them.`;
  }
  const [secret] = secretsWithin(read);
  return secret && secretSentences[secret.kind](secret.path);
}

/**
 * The claims that a deployment wants to have in its tokens, as they will be read there. A name is a URL of the
 * deployment's own, or a plain name that nothing else has. Throws invalid_request, with a sentence that says what is
 * wrong.
 */
export function customClaims(claims: Claims): Claims {
  const written = asRead(claims);
  if (!written)
    throw invalidRequest('Claims are a JSON object of texts, numbers, true, false, null, lists and objects.');
  const fault = faultOf(written.json, written.read);
  if (fault !== undefined) throw invalidRequest(fault);
  return written.read;
}
