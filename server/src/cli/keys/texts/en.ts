// Owns every English sentence of `warifu keys`. Its shape is the type every other language must fill.

const where = `It works on the database of the settings (WARIFU_DATA, WARIFU_DATABASE), also while a server runs on it, which follows
within two seconds.`;
const common = `  --lang ja|en             the language; otherwise that of LC_ALL, LC_MESSAGES or LANG
  -h, --help               this text`;
const exits = 'Exit codes: 0 done, 1 it could not be done, 2 it was asked for wrongly.';

export const en = {
  help: {
    keys: `Usage: warifu keys <sub-command> [options]

  list      shows the keys that tokens are signed with
  rotate    lets the next key sign in place of the current one
  revoke    ends a key, and with it every token that it signed

${where}

More: warifu keys <sub-command> --help`,
    list: `Usage: warifu keys list [options]

Shows the keys that tokens are signed with, by algorithm: which one signs, which is next, and which only verify. Never
their private halves.

  --json                   JSON for programs
${common}

${exits}`,
    rotate: `Usage: warifu keys rotate [options]

Lets the next key sign in place of the current one, which is published and accepted as long as a token that it signed may
live, and publishes a new next one. Nobody has to be told, and no token ends. ${where}

  --alg <alg>              the keys of this algorithm only: RS256, PS256, ES256 or EdDSA; otherwise all that there are
${common}

${exits}`,
    revoke: `Usage: warifu keys revoke <kid> [options]

Ends a key whose private half may be known to others: no token that it signed is accepted any more. Whoever signed in has to
get new tokens. Another key takes its place first when it is the current or the next one. ${where}

${common}

${exits}`,
  },
  usage: {
    noAction: 'Say what to do: list, rotate or revoke.',
    unknownAction: (name: string) => `There is no sub-command ${name}. There are list, rotate and revoke.`,
    unknownOption: (option: string) => `There is no option ${option}.`,
    optionValue: (option: string) => `The value of ${option} is missing, or it takes none.`,
    noPositional: (action: string) => `${action} takes no argument.`,
    oneKid: 'Say which key, by its kid: warifu keys revoke <kid>. The list has them: warifu keys list',
    lang: 'The value of --lang is ja or en.',
    alg: 'The value of --alg is RS256, PS256, ES256 or EdDSA.',
  },
  statuses: { current: 'current', next: 'next', previous: 'previous', revoked: 'revoked' },
  since: {
    current: (date: string) => `signs since ${date}`,
    next: (date: string) => `published since ${date}, signs after the next rotation`,
    previous: (date: string) => `only verifies since ${date}`,
    revoked: (date: string) => `not accepted since ${date}`,
  },
  none: 'There are no keys yet: the server makes them at its first start.',
  rotated: (alg: string, kid: string) => `${alg}: ${kid} signs from now on.`,
  rotatedElsewhere: (alg: string) => `${alg}: another node rotated the keys at this very moment.`,
  tooEarly: (alg: string, seconds: number) =>
    `${alg}: the next key was published a moment ago, and not every API knows it yet. Rotate in ${seconds} seconds.`,
  noKeys: (alg: string) => `${alg}: there are no keys, because no API and no application has asked for them.`,
  revoked: (kid: string) => `${kid} is revoked: no token that it signed is accepted any more.`,
  revokedBefore: (kid: string) => `${kid} was revoked before.`,
  unknownKid: (kid: string) => `There is no key ${kid}. The list has them: warifu keys list`,
};

export type KeysTexts = typeof en;
