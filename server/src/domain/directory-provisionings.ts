// Owns how the people and groups of a company's directory are fetched to a connection: what is taken from where, of whom, and when.
import type { AnyConnection } from './connections.ts';
import type { Context } from './context.ts';
import { records } from './records.ts';
import { InvalidSetting, Taken } from './refusals.ts';

/** From a member of the directory's user to a property of ours. */
export interface DirectoryMapping {
  readonly auth0: string;
  readonly idp: string;
}

export interface SynchronizedGroup {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly direct_members_count?: number;
}

export const groupChoices = ['all', 'off', 'selected'] as const;

/** One for a connection, whose id it has. */
export interface DirectoryProvisioning {
  readonly connection_id: string;
  readonly mapping: readonly DirectoryMapping[];
  readonly synchronize_automatically: boolean;
  readonly synchronize_groups: (typeof groupChoices)[number];
  /** Epoch milliseconds, both. */
  readonly created_at: number;
  readonly updated_at: number;
  /** Which are synchronized when only the selected ones are, by their ids. */
  readonly groups: readonly SynchronizedGroup[];
}

export const directoryProvisionings = records<DirectoryProvisioning>('directory-provisionings');

export function supportsDirectories({ strategy }: Pick<AnyConnection, 'strategy'>): boolean {
  return strategy === 'google-apps';
}

/** What goes to properties of another name, or to several. */
const renamed: readonly DirectoryMapping[] = [
  { idp: 'id', auth0: 'app_metadata.external_id' },
  { idp: 'primaryEmail', auth0: 'email' },
  { idp: 'primaryEmail', auth0: 'primaryEmail' },
  { idp: 'name.fullName', auth0: 'name' },
  { idp: 'name.givenName', auth0: 'given_name' },
  { idp: 'name.familyName', auth0: 'family_name' },
  { idp: 'isAdmin', auth0: 'isAdmin' },
  { idp: 'isAdmin', auth0: 'is_admin' },
  { idp: 'isDelegatedAdmin', auth0: 'isDelegatedAdmin' },
  { idp: 'agreedToTerms', auth0: 'agreedToTerms' },
  { idp: 'agreedToTerms', auth0: 'tou_accepted' },
  { idp: 'suspended', auth0: 'suspended' },
  { idp: 'suspended', auth0: 'is_suspended' },
  { idp: 'suspended', auth0: 'blocked' },
  { idp: 'suspensionReason', auth0: 'suspensionReason' },
  { idp: 'archived', auth0: 'archived' },
  { idp: 'ipWhitelisted', auth0: 'ipWhitelisted' },
  { idp: 'ipWhitelisted', auth0: 'is_ipWhitelisted' },
];

/** Members of Google's user that keep their names. */
const asTheyAre = [
  'kind',
  'etag',
  'customerId',
  'orgUnitPath',
  'emails',
  'phones',
  'externalIds',
  'aliases',
  'addresses',
  'organizations',
  'nonEditableAliases',
  'relations',
  'languages',
  'posixAccounts',
  'notes',
  'websites',
  'locations',
  'keywords',
  'gender',
  'ims',
  'creationTime',
  'lastLoginTime',
  'changePasswordAtNextLogin',
  'isMailboxSetup',
  'includeInGlobalAddressList',
  'thumbnailPhotoUrl',
  'thumbnailPhotoEtag',
  'isEnrolledIn2Sv',
  'isEnforcedIn2Sv',
  'recoveryEmail',
  'recoveryPhone',
  'sshPublicKeys',
  'customSchemas',
];

export const defaultDirectoryMapping: readonly DirectoryMapping[] = [
  ...renamed,
  ...asTheyAre.map((name) => ({ idp: name, auth0: name })),
];

type Settings = Pick<DirectoryProvisioning, 'mapping' | 'synchronize_automatically' | 'synchronize_groups'>;

const setupIncomplete =
  'The connection cannot be synchronized because setup is incomplete. Please complete the Google Workspace connection administrator setup and try again.';

/** Directories can't be read yet: nobody can have let us, so each is one whose setup isn't finished. Throws InvalidSetting. */
export function checkSynchronizable(): never {
  throw new InvalidSetting(setupIncomplete);
}

/** Throws InvalidSetting for what the connection itself has not switched on. */
function check({ options }: AnyConnection, settings: Settings): void {
  const { mapping, synchronize_automatically, synchronize_groups } = settings;
  if (new Set(mapping.map(({ auth0 }) => auth0)).size < mapping.length) {
    throw new InvalidSetting('Invalid mapping provided');
  }
  if (!options['api_enable_users']) {
    throw new InvalidSetting(
      'The Google Workspace Users API is not enabled on the connection. Select the Enable Users API option and go through the setup again.',
    );
  }
  if (synchronize_groups !== 'off') checkGroups(options);
  if (synchronize_automatically) checkSynchronizable();
}

function checkGroups(options: AnyConnection['options']): void {
  if (!options['ext_groups']) {
    throw new InvalidSetting(
      'The Groups extended attribute is not enabled on the connection. Select the Groups extended attribute option and go through the setup again.',
    );
  }
  if (!options['api_enable_groups']) {
    throw new InvalidSetting(
      'The Google Workspace Groups API is not enabled on the connection. Select the Enable Groups API option and go through the setup again.',
    );
  }
}

/** Lets people be fetched to a connection. Throws InvalidSetting and Taken. */
export async function provisionDirectory(
  ctx: Pick<Context, 'documents' | 'now'>,
  connection: AnyConnection,
  sent: Partial<Settings>,
): Promise<DirectoryProvisioning> {
  const now = ctx.now();
  const fresh: DirectoryProvisioning = {
    connection_id: connection.id,
    mapping: defaultDirectoryMapping,
    synchronize_automatically: false,
    synchronize_groups: 'off',
    ...sent,
    created_at: now,
    updated_at: now,
    groups: [],
  };
  check(connection, fresh);
  const created = await directoryProvisionings.create(ctx, connection.id, fresh);
  if (created === 'taken') {
    throw new Taken('Directory provisioning is already enabled on the specified connection');
  }
  return created.body;
}

async function change(
  ctx: Pick<Context, 'documents'>,
  connectionId: string,
  rewrite: (before: DirectoryProvisioning) => DirectoryProvisioning,
): Promise<DirectoryProvisioning | undefined> {
  const changed = await directoryProvisionings.change(ctx, connectionId, rewrite);
  return changed === undefined || changed === 'taken' ? undefined : changed.body;
}

/** Undefined when there is none. Throws InvalidSetting. */
export function changeDirectory(
  ctx: Pick<Context, 'documents' | 'now'>,
  connection: AnyConnection,
  sent: Partial<Settings>,
): Promise<DirectoryProvisioning | undefined> {
  return change(ctx, connection.id, (before) => {
    const after = { ...before, ...sent, updated_at: ctx.now() };
    check(connection, after);
    return after;
  });
}

/** Changes which groups are synchronized; each once, in the order of their ids. Undefined when there is no provisioning. */
export function changeGroups(
  ctx: Pick<Context, 'documents'>,
  { id, options }: AnyConnection,
  rewrite: (before: readonly SynchronizedGroup[]) => readonly SynchronizedGroup[],
): Promise<DirectoryProvisioning | undefined> {
  return change(ctx, id, (before) => {
    checkGroups(options);
    const byId = new Map(rewrite(before.groups).map((group) => [group.id, group]));
    const groups = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return { ...before, groups };
  });
}
