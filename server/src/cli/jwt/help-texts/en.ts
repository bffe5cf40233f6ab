// Owns what `warifu jwt --help` says, in English.

const token = `  <token>                  the token; without it, or with -, it is read from standard input,
                           where it doesn't stay in the shell's history`;
const common = `  --lang ja|en             the language; otherwise that of LC_ALL, LC_MESSAGES or LANG
  -h, --help               this text`;
const exits =
  'Exit codes: 0 done, 1 the token is not valid or not readable, 2 it was asked for wrongly or a key is out of reach.';
const secrets = `  --secret-file <file|->   the shared secret, from a file (a last line break is left out) or standard input
  --secret-env <NAME>      the shared secret, from an environment variable
  --secret-encoding <enc>  how the secret is written: utf8 (default), base64, base64url or hex`;

export const helpEn = {
  jwt: `Usage: warifu jwt <sub-command> [options]

  decode    shows header and payload, as JSON with dates
  explain   says in plain words what a token is, what its claims mean and what is wrong with it
  verify    verifies signature, times, issuer and audience
  sign      signs claims

More: warifu jwt <sub-command> --help`,
  decode: `Usage: warifu jwt decode [<token>] [options]

Shows the header and the payload. Never verifies: anybody could have written what you see.

${token}
  --json                   JSON for programs: {"header", "payload", "signature"}
${common}

${exits}`,
  explain: `Usage: warifu jwt explain [<token>] [options]

Says what kind of token it is, who issued it, for whom, what each claim means, when it expires, and what is wrong or
risky with it. Never verifies: it judges what the token says of itself.

${token}
${common}

${exits}`,
  verify: `Usage: warifu jwt verify [<token>] (--issuer <url> | --jwks <url|file> | --key <file> | --secret-…) [options]

Verifies the signature and the times, and says which check failed. The key decides about the algorithm, not the token.

${token}
  --issuer <url>           the issuer that is trusted; alone, its keys are found by discovery
  --jwks <url|file>        the keys, as a JWKS
  --key <file|->           the key: a PEM (public key, certificate) or a JWK
${secrets}
  --audience <audience>    for whom the token must be; may be repeated, one of them is enough
  --alg <alg>              accept this algorithm only; may be repeated
  --clock-tolerance <s>    seconds by which clocks may differ; 60 unless given
${common}

${exits}`,
  sign: `Usage: warifu jwt sign --payload <json|file|-> (--key <file> | --secret-…) [options]

Signs claims and prints the token. iat is added unless it is there.

  --payload <json|file|->  the claims: a JSON object, a file with one, or - for standard input
  --key <file|->           the private key: a PEM or a JWK
${secrets}
  --alg <alg>              HS256, RS256, PS256, ES256, EdDSA…; otherwise what suits the key
  --kid <kid>              the key's id for the header; otherwise that of the JWK
  --expires-in <duration>  when the token expires: 90s, 15m, 1h, 7d
  --header <json|file>     more header parameters, such as {"typ":"at+jwt"}
${common}

${exits}`,
};
