// Owns `warifu keys revoke`: the end of a key, and of every token that it signed.
import { revokeSigningKey } from '#domain/key-rotation';
import { exitCodes } from '../../command.ts';
import { parseOptions } from '../../options.ts';
import { invalid, misused } from '../../refused.ts';
import { printable } from '../../terminal.ts';
import { type Action, print, withKeys } from '../session.ts';

export const revoke: Action = {
  name: 'revoke',
  async run(session, args) {
    const { texts } = session;
    const { positionals } = parseOptions(args, {}, texts.usage);
    const [kid, ...others] = positionals;
    if (kid === undefined || kid === '' || others.length > 0) throw misused(texts.usage.oneKid);
    const outcome = await withKeys(session, (ctx) => revokeSigningKey(ctx, kid));
    if (outcome === 'unknown') throw invalid(texts.unknownKid(printable(kid)));
    print(session, [outcome === 'revoked' ? texts.revoked(kid) : texts.revokedBefore(kid)]);
    return exitCodes.ok;
  },
};
