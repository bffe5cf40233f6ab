// Owns self-service profiles: what customers of the tenant may set up by themselves when they bring their identity provider.
import type { Context } from './context.ts';
import { records } from './records.ts';
import { issueSingleUse, peekSingleUse, singleUsePurpose, spendSingleUse } from './single-use.ts';

export interface SelfServiceProfile {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** What providers must tell of people. */
  readonly user_attributes?: readonly {
    readonly name: string;
    readonly description: string;
    readonly is_optional: boolean;
  }[];
  /** Undefined: every one. */
  readonly allowed_strategies?: readonly string[];
  readonly branding?: object;
  readonly user_attribute_profile_id?: string;
}

export const selfServiceProfiles = records<SelfServiceProfile>('self-service-profiles');

/** The words of one page in one language, by key. */
type Texts = Readonly<Record<string, string>>;

const textRecords = records<{ readonly profile_id: string; readonly texts: Texts }>('self-service-texts');

export interface TextPlace {
  readonly profileId: string;
  readonly language: string;
  readonly page: string;
}

type Documents = Pick<Context, 'documents'>;

const placeId = ({ profileId, language, page }: TextPlace) => `${profileId} ${language} ${page}`;

export async function readSelfServiceTexts(ctx: Documents, place: TextPlace): Promise<Texts> {
  return (await textRecords.find(ctx, placeId(place)))?.body.texts ?? {};
}

/** Sets the words of a page; those that were there before are gone. */
export async function putSelfServiceTexts(ctx: Documents, place: TextPlace, texts: Texts): Promise<void> {
  const id = placeId(place);
  const body = { profile_id: place.profileId, texts };
  if (await textRecords.change(ctx, id, () => body)) return;
  // Where somebody else made it a moment earlier, theirs is written over as if they had come first.
  if ((await textRecords.create(ctx, id, body)) === 'taken') await textRecords.change(ctx, id, () => body);
}

/** Takes away what hangs on a profile that is gone. */
export async function forgetSelfServiceProfile(ctx: Documents, profileId: string): Promise<void> {
  for (const { id, body } of await textRecords.list(ctx)) {
    if (body.profile_id === profileId) await textRecords.remove(ctx, id);
  }
}

const ticketPurpose = singleUsePurpose<{ readonly request: object }>('self_service_ticket');

/** How long a ticket is good where nothing is said: five days. */
export const ticketLifetimeSec = 432_000;

type Storage = Pick<Context, 'database' | 'now'>;

/**
 * Lets its bearer set up a connection within what is asked for, by way of one profile. Tickets belong to a profile as other
 * single-use secrets belong to an application.
 */
export async function issueTicket(
  ctx: Storage,
  profileId: string,
  { request, lifetimeSec }: { readonly request: object; readonly lifetimeSec: number },
): Promise<string> {
  return issueSingleUse(ctx, ctx.database.queries, ticketPurpose, {
    client_id: profileId,
    payload: { request },
    lifetimeMs: lifetimeSec * 1000,
  });
}

/** Makes a ticket worthless. One that is unknown, expired or another profile's stays what it is. */
export async function revokeTicket(ctx: Storage, profileId: string, token: string): Promise<void> {
  const ticket = await peekSingleUse(ctx, ctx.database.queries, ticketPurpose, { client_id: profileId, token });
  if (ticket) await spendSingleUse(ctx, ctx.database.queries, ticket.digest);
}
