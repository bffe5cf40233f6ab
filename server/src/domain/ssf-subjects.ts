// Owns whom a receiver is told about: everybody, but those of whom it said that it need not be (SSF §8.1.3).
import type { Client } from '#protocol/client';
import * as rows from '#storage/tables/ssf-subjects';
import * as users from '#storage/tables/users';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import { InvalidSetting } from './refusals.ts';
import { subjectFor } from './subjects.ts';

type Needed = Pick<Context, 'database' | 'issuer'>;

/** As many people as a receiver may ask not to be told about. */
const mostSubjects = 100_000;

/** The text under which a person is kept: as the receiver names them, so that nobody learns here who has an account. */
function subjectFrom({ issuer }: Pick<Context, 'issuer'>, sent: unknown): string {
  if (typeof sent !== 'object' || sent === null) throw new InvalidSetting('subject is an object with a format.');
  const { format, iss, sub, email, user } = sent as Readonly<Record<string, unknown>>;
  if (format === 'complex') return subjectFrom({ issuer }, user);
  if (format === 'email') {
    const address = typeof email === 'string' ? canonicalEmail(email) : undefined;
    if (address === undefined) throw new InvalidSetting('subject.email is an e-mail address.');
    return `email:${address}`;
  }
  if (format !== 'iss_sub') throw new InvalidSetting('subject.format is iss_sub, email, or complex with a user.');
  if (iss !== issuer) throw new InvalidSetting(`subject.iss is ${issuer}: nobody else's people are told about.`);
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) throw new InvalidSetting('subject.sub is a text.');
  return `sub:${sub}`;
}

/** Has a stream tell of a person again. Throws InvalidSetting. */
export async function addSubject(ctx: Needed, stream_id: string, sent: unknown): Promise<void> {
  await rows.remove(ctx.database.queries, { stream_id, subject: subjectFrom(ctx, sent) });
}

/** Has a stream tell of a person no more. Throws InvalidSetting. */
export async function removeSubject(ctx: Needed, stream_id: string, sent: unknown): Promise<void> {
  const subject = subjectFrom(ctx, sent);
  const { queries } = ctx.database;
  if ((await rows.count(queries, stream_id, mostSubjects)) >= mostSubjects) {
    throw new InvalidSetting(`A stream leaves out at most ${mostSubjects} people.`);
  }
  await rows.put(queries, { stream_id, subject });
}

/** Whether a receiver is told of a person. */
export async function isTold(
  ctx: Pick<Context, 'database' | 'vault'>,
  stream_id: string,
  receiver: Client,
  userId: string,
): Promise<boolean> {
  const { queries } = ctx.database;
  const email = (await users.find(queries, userId))?.email;
  const names = [`sub:${subjectFor(ctx, receiver, userId)}`, ...(email ? [`email:${email}`] : [])];
  return !(await rows.isAny(queries, stream_id, names));
}
