// Owns `warifu keys rotate`: the next keys sign from now on.
import { listSigningKeys, RotationRefused, rotateSigningKey } from '#domain/key-rotation';
import type { KeyEffects } from '#domain/signing-keys';
import { type KeyAlgorithm, keyAlgorithms } from '#protocol/signing-algorithm';
import { type ExitCode, exitCodes } from '../../command.ts';
import { parseOptions } from '../../options.ts';
import { misused } from '../../refused.ts';
import { type Action, print, type Session, withKeys } from '../session.ts';

/** The algorithms whose keys are meant: the one that is named, else all that have keys. */
async function wanted(ctx: KeyEffects, alg: KeyAlgorithm | undefined): Promise<readonly KeyAlgorithm[]> {
  if (alg !== undefined) return [alg];
  const used = new Set((await listSigningKeys(ctx)).map((key) => key.alg));
  return keyAlgorithms.filter((name) => used.has(name));
}

async function rotateOne(session: Session, ctx: KeyEffects, alg: KeyAlgorithm): Promise<ExitCode> {
  const { texts, invocation } = session;
  try {
    const rotation = await rotateSigningKey(ctx, alg);
    print(session, [rotation ? texts.rotated(alg, rotation.current) : texts.rotatedElsewhere(alg)]);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof RotationRefused)) throw error;
    const { waitSec } = error;
    invocation.stderr.write(`${waitSec === undefined ? texts.noKeys(alg) : texts.tooEarly(alg, waitSec)}\n`);
    return exitCodes.refused;
  }
}

export const rotate: Action = {
  name: 'rotate',
  async run(session, args) {
    const { usage, none } = session.texts;
    const { values, positionals } = parseOptions(args, { alg: { type: 'string' } }, usage);
    if (positionals.length > 0) throw misused(usage.noPositional('rotate'));
    const alg = keyAlgorithms.find((name) => name === values.alg);
    if (values.alg !== undefined && alg === undefined) throw misused(usage.alg);
    return withKeys(session, async (ctx) => {
      const algorithms = await wanted(ctx, alg);
      if (algorithms.length === 0) print(session, [none]);
      const codes: ExitCode[] = [];
      for (const name of algorithms) codes.push(await rotateOne(session, ctx, name));
      return codes.find((code) => code !== exitCodes.ok) ?? exitCodes.ok;
    });
  },
};
