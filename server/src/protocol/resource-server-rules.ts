// Owns the rules for APIs: which settings make sense, by themselves and together.
import { longestTokenLifetimeSec, type ResourceServer, tokenDialects } from './resource-server.ts';
import { signingAlgorithms } from './signing-algorithm.ts';

const longestIdentifier = 600;
const mostScopes = 1000;
const longestScope = 280;

/** What the tokens of an API may be encrypted with: for a key of its own, and nothing that is broken (RFC 8725 §3.2). */
const encryptionAlgorithms = ['RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'];

/** A rule gives the sentence about what is wrong, or nothing. */
type Rule = (api: ResourceServer, issuer: string) => string | undefined;

const names: Rule = ({ name, identifier }, issuer) => {
  if (name.trim() === '' || /[<>]/.test(name)) return 'The name of an API is a text without < and >.';
  if (identifier === '' || identifier.length > longestIdentifier || /[\p{C}\p{Z}]/u.test(identifier)) {
    return `The identifier of an API is 1 to ${longestIdentifier} characters without spaces, best a URL.`;
  }
  return identifier === `${issuer}userinfo` ? `${identifier} is the server's own, for people's profiles.` : undefined;
};

function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= longestTokenLifetimeSec;
}

const lifetimes: Rule = ({ token_lifetime, token_lifetime_for_web, is_system }) => {
  if (!isLifetime(token_lifetime)) return `token_lifetime is a number of seconds, 1 to ${longestTokenLifetimeSec}.`;
  if (isLifetime(token_lifetime_for_web) && (is_system || token_lifetime_for_web <= token_lifetime)) return undefined;
  return `token_lifetime_for_web is a number of seconds, 1 to token_lifetime, which is ${token_lifetime}.`;
};

const kinds: Rule = ({ signing_alg, token_dialect = 'access_token' }) => {
  if (!signingAlgorithms.includes(signing_alg)) return `signing_alg is one of ${signingAlgorithms.join(', ')}.`;
  return tokenDialects.includes(token_dialect) ? undefined : `token_dialect is one of ${tokenDialects.join(', ')}.`;
};

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

const scopes: Rule = ({ scopes: defined }) => {
  if (defined.length > mostScopes) return `An API has at most ${mostScopes} scopes.`;
  const seen = new Set<string>();
  for (const { value } of defined) {
    const quoted = JSON.stringify(value);
    if (!scopeToken.test(value) || value.length > longestScope) {
      return `The scope ${quoted} is not 1 to ${longestScope} printable ASCII characters without spaces, " and \\.`;
    }
    if (value === 'openid' || value === 'offline_access' || value === 'online_access') {
      return `The scope ${quoted} has a meaning of its own, which no API can give it.`;
    }
    if (seen.has(value)) return `The scope ${quoted} stands twice.`;
    seen.add(value);
  }
  return undefined;
};

const policies: Rule = ({ subject_type_authorization: { user, client } = {} }) => {
  if (user && !['allow_all', 'deny_all', 'require_client_grant'].includes(user.policy)) {
    return 'subject_type_authorization.user.policy is allow_all, deny_all or require_client_grant.';
  }
  if (client && !['deny_all', 'require_client_grant'].includes(client.policy)) {
    return 'subject_type_authorization.client.policy is deny_all or require_client_grant.';
  }
  return undefined;
};

const encryption: Rule = ({ token_encryption }) => {
  if (!token_encryption) return undefined;
  if (token_encryption.format !== 'compact-nested-jwe') return 'token_encryption.format is compact-nested-jwe.';
  return encryptionAlgorithms.includes(token_encryption.encryption_key.alg)
    ? undefined
    : `token_encryption.encryption_key.alg is one of ${encryptionAlgorithms.join(', ')}.`;
};

const rules: readonly Rule[] = [names, lifetimes, kinds, scopes, policies, encryption];

/** What is wrong with an API, as a sentence; undefined when nothing is. */
export function resourceServerFault(api: ResourceServer, issuer: string): string | undefined {
  for (const rule of rules) {
    const fault = rule(api, issuer);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
