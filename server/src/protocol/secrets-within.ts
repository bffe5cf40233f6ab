// Owns the search for what should not be in a token, because its payload can be read by anyone (RFC 7519 §12).
import type { Members } from './json-text.ts';

export type SecretKind = 'secretName' | 'privateKey' | 'cardNumber' | 'myNumber';

export interface Secret {
  readonly kind: SecretKind;
  /** Where it is, such as `user.password`. */
  readonly path: string;
}

const secretNames =
  /^(?:password|passwd|pwd|passphrase|passcode|secret|clientsecret|apikey|apisecret|secretkey|privatekey|accesskey|secretaccesskey|accesstoken|refreshtoken|pin|cvv|cvc|otp|mfasecret|totpsecret)$/;
/** Ids are long numbers as well. */
const idNames = /^(?:sub|jti|sid|nonce)$|id$/i;

/** Whether the digits are a card's: 13 to 19, of an issuer that exists, with the check digit of ISO/IEC 7812. */
function isCardNumber(text: string): boolean {
  if (!/^[2-6](?:[ -]?\d){12,18}$/.test(text)) return false;
  const digits = text.replace(/\D/g, '');
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Whether the digits are a My Number, which every resident of Japan has: 12 of them, the last one a check digit. */
function isMyNumber(text: string): boolean {
  if (!/^\d{4}([ -]?)\d{4}\1\d{4}$/.test(text)) return false;
  const [check, ...digits] = [...text.replace(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, at) => total + digit * (at < 6 ? at + 2 : at - 4), 0);
  return check === (sum % 11 <= 1 ? 0 : 11 - (sum % 11));
}

function numberKindOf(text: string): SecretKind | undefined {
  if (isCardNumber(text)) return 'cardNumber';
  return isMyNumber(text) ? 'myNumber' : undefined;
}

function secretKindOf(name: string, value: string | number): SecretKind | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(String(value))) return 'privateKey';
  if (typeof value === 'string' && value !== '' && secretNames.test(name.toLowerCase().replace(/[_-]/g, '')))
    return 'secretName';
  return idNames.test(name) ? undefined : numberKindOf(String(value).trim());
}

function within(value: unknown, name: string, path: string): Secret[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const kind = secretKindOf(name, value);
    return kind === undefined ? [] : [{ kind, path }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const own = Array.isArray(value) ? name : key.replace(/^.*[/#]/, '');
    return within(child, own, path === '' ? key : `${path}.${key}`);
  });
}

/** Everything in the claims that looks like a secret: by name, as a private key, as a card's number or a My Number. */
export function secretsWithin(claims: Members): Secret[] {
  return within(claims, '', '');
}
