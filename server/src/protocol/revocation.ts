// Owns what a token says for its revocation, and what the facts are called that end tokens (docs/revocation-feed.md).

/** The parts of a `jti`. */
export interface TokenId {
  /** The authorization that the token came of, with all its refreshes. */
  readonly authorization: string;
  /** How far the revocation feed had come when the token was made: what happens later may end it. */
  readonly position: number;
  /** Stands for the person, as far as the application may know them; empty when there is none. */
  readonly subject: string;
  readonly random: string;
}

const base = 36;
const form = /^([\w-]+)\.([0-9a-z]{1,10})\.([\w-]*)\.([\w-]+)$/;

export function tokenId({ authorization, position, subject, random }: TokenId): string {
  return `${authorization}.${position.toString(base)}.${subject}.${random}`;
}

/** Undefined for a `jti` of another form: an older token, or somebody else's. */
export function parseTokenId(jti: string): TokenId | undefined {
  const parts = form.exec(jti);
  if (!parts) return undefined;
  const [, authorization = '', position = '', subject = '', random = ''] = parts;
  return { authorization, position: Number.parseInt(position, base), subject, random };
}

/** The authorization that a token came of; of an older one too, whose `jti` began with it. */
export function familyOf(jti: string): string {
  return jti.split('.', 1)[0] as string;
}

/** What can be revoked, as the text that its fingerprint is made of. A text is one kind's alone. */
export const facts = {
  token: (jti: string) => `token:${jti}`,
  authorization: (id: string) => `authorization:${id}`,
  session: (sid: string) => `session:${sid}`,
  user: (subject: string) => `user:${subject}`,
  client: (clientId: string) => `client:${clientId}`,
  audience: (audience: string) => `audience:${audience}`,
  userClient: (subject: string, clientId: string) => `user-client:${subject} ${clientId}`,
  userAudience: (subject: string, audience: string) => `user-audience:${subject} ${audience}`,
  clientAudience: (clientId: string, audience: string) => `client-audience:${clientId} ${audience}`,
  key: (kid: string) => `key:${kid}`,
  /** All tokens that share an entry of a status list. */
  status: (list: number, idx: number) => `status:${list} ${idx}`,
} as const;

/** What of a token the facts speak of. */
export interface RevocableToken {
  readonly jti: string;
  readonly sid?: string | undefined;
  readonly client_id: string;
  readonly audience: readonly string[];
}

/** The facts that would end a token. */
export function factsAbout({ jti, sid, client_id, audience }: RevocableToken): string[] {
  const subject = parseTokenId(jti)?.subject ?? '';
  const person =
    subject === ''
      ? []
      : [
          facts.user(subject),
          facts.userClient(subject, client_id),
          ...audience.map((each) => facts.userAudience(subject, each)),
        ];
  return [
    facts.token(jti),
    facts.authorization(familyOf(jti)),
    ...(sid === undefined ? [] : [facts.session(sid)]),
    facts.client(client_id),
    ...audience.flatMap((each) => [facts.audience(each), facts.clientAudience(client_id, each)]),
    ...person,
  ];
}
