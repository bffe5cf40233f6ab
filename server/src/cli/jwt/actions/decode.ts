// Owns `warifu jwt decode`: header and payload as they stand.
import { exitCodes } from '../../command.ts';
import { readTokenArgument } from '../input.ts';
import { readable } from '../readable.ts';
import { type Action, print, readOptions, type Session, warn } from '../session.ts';
import type { EncryptedToken, SignedToken } from '../token.ts';
import { asJson, indented } from '../value.ts';

type Readable = SignedToken | EncryptedToken;

function forPrograms(token: Readable): string {
  if (token.form === 'jwe') return asJson({ header: token.header });
  const signature = Buffer.from(token.signature).toString('base64url');
  return asJson({ header: token.header, payload: token.payload, signature });
}

function forPeople(token: Readable, session: Session): string[] {
  const { texts, paint } = session;
  const title = (text: string) => paint('bold', text);
  const header = [title(texts.decode.header), indented(token.header, session), ''];
  if (token.form === 'jwe') return [...header, texts.decode.encrypted];
  const payload = [title(texts.decode.payload), indented(token.payload, session), ''];
  return [...header, ...payload, texts.decode.signature(token.signature.length)];
}

export const decode: Action = {
  name: 'decode',
  async run(session, args) {
    const { values, positionals } = readOptions(session, args, { json: { type: 'boolean' } });
    const token = readable(await readTokenArgument(session, positionals), session.texts);
    print(session, values.json === true ? [forPrograms(token)] : forPeople(token, session));
    if (token.form === 'jws') warn(session, session.paint('yellow', session.texts.decode.unverified));
    return exitCodes.ok;
  },
};
