// Owns the options of social providers: what is asked of them on a person's behalf.
import { type Options, type StrategyOptions, scopesOf } from '../connection-option.ts';

/** The scopes stay as they were sent, with those of the flags; a list, as most providers have it. */
function listed(defaults: Options, scopes: Readonly<Record<string, string>>, sent: Options): Options {
  const options = { ...sent, ...Object.fromEntries(Object.entries(defaults).filter(([name]) => !(name in sent))) };
  return { ...options, scope: scopesOf(options, scopes) };
}

const google = 'https://www.googleapis.com/auth';

const googleScopes: Readonly<Record<string, string>> = {
  email: 'email',
  profile: 'profile',
  analytics: `${google}/analytics`,
  blogger: `${google}/blogger`,
  calendar: `${google}/calendar`,
  calendar_addons_execute: `${google}/calendar.addons.execute`,
  calendar_events: `${google}/calendar.events`,
  calendar_events_readonly: `${google}/calendar.events.readonly`,
  calendar_settings_readonly: `${google}/calendar.settings.readonly`,
  chrome_web_store: `${google}/chromewebstore`,
  contacts: 'https://www.google.com/m8/feeds/',
  contacts_new: `${google}/contacts`,
  contacts_other_readonly: `${google}/contacts.other.readonly`,
  contacts_readonly: `${google}/contacts.readonly`,
  content_api_for_shopping: `${google}/content`,
  directory_readonly: `${google}/directory.readonly`,
  document_list: 'https://docs.google.com/feeds/',
  drive: `${google}/drive`,
  drive_activity: `${google}/drive.activity`,
  drive_activity_readonly: `${google}/drive.activity.readonly`,
  drive_appdata: `${google}/drive.appdata`,
  drive_apps_readonly: `${google}/drive.apps.readonly`,
  drive_file: `${google}/drive.file`,
  drive_metadata: `${google}/drive.metadata`,
  drive_metadata_readonly: `${google}/drive.metadata.readonly`,
  drive_photos_readonly: `${google}/drive.photos.readonly`,
  drive_readonly: `${google}/drive.readonly`,
  drive_scripts: `${google}/drive.scripts`,
  gmail: 'https://mail.google.com/',
  gmail_compose: `${google}/gmail.compose`,
  gmail_insert: `${google}/gmail.insert`,
  gmail_labels: `${google}/gmail.labels`,
  gmail_metadata: `${google}/gmail.metadata`,
  gmail_modify: `${google}/gmail.modify`,
  gmail_readonly: `${google}/gmail.readonly`,
  gmail_send: `${google}/gmail.send`,
  gmail_settings_basic: `${google}/gmail.settings.basic`,
  gmail_settings_sharing: `${google}/gmail.settings.sharing`,
  latitude_best: `${google}/latitude.all.best`,
  latitude_city: `${google}/latitude.all.city`,
  sites: 'https://sites.google.com/feeds/',
  spreadsheets: 'https://spreadsheets.google.com/feeds/',
  tasks: `${google}/tasks`,
  tasks_readonly: `${google}/tasks.readonly`,
  url_shortener: `${google}/urlshortener`,
  webmaster_tools: 'https://www.google.com/webmasters/tools/feeds/',
  youtube: `${google}/youtube`,
  youtube_readonly: `${google}/youtube.readonly`,
  youtube_upload: `${google}/youtube.upload`,
  youtubepartner: `${google}/youtubepartner`,
};

const githubScopes: Readonly<Record<string, string>> = {
  email: 'user:email',
  read_user: 'read:user',
  follow: 'user:follow',
  public_repo: 'public_repo',
  repo: 'repo',
  repo_deployment: 'repo_deployment',
  repo_status: 'repo:status',
  delete_repo: 'delete_repo',
  notifications: 'notifications',
  gist: 'gist',
  read_repo_hook: 'read:repo_hook',
  write_repo_hook: 'write:repo_hook',
  admin_repo_hook: 'admin:repo_hook',
  read_org: 'read:org',
  admin_org: 'admin:org',
  read_public_key: 'read:public_key',
  write_public_key: 'write:public_key',
  admin_public_key: 'admin:public_key',
  write_org: 'write:org',
};

/** LinkedIn has renamed them twice. */
const linkedinScopes: readonly Readonly<Record<string, string>>[] = [
  {
    profile: 'r_basicprofile',
    basic_profile: 'r_basicprofile',
    email: 'r_emailaddress',
    full_profile: 'r_fullprofile',
    network: 'r_network',
  },
  { profile: 'r_liteprofile', basic_profile: 'r_basicprofile', email: 'r_emailaddress', full_profile: 'r_fullprofile' },
  { profile: 'profile', email: 'email', openid: 'openid' },
];

const windowsScopes: Readonly<Record<string, string>> = {
  signin: 'wl.signin',
  applications: 'wl.applications',
  applications_create: 'wl.applications_create',
  basic: 'wl.basic',
  birthday: 'wl.birthday',
  calendars: 'wl.calendars',
  calendars_update: 'wl.calendars_update',
  contacts_birthday: 'wl.contacts_birthday',
  contacts_calendars: 'wl.contacts_calendars',
  contacts_create: 'wl.contacts_create',
  contacts_photos: 'wl.contacts_photos',
  contacts_skydrive: 'wl.contacts_skydrive',
  directory_accessasuser_all: 'wl.directory_accessasuser_all',
  emails: 'wl.emails',
  events_create: 'wl.events_create',
  messenger: 'wl.messenger',
  offline_access: 'wl.offline_access',
  phone_numbers: 'wl.phone_numbers',
  photos: 'wl.photos',
  postal_addresses: 'wl.postal_addresses',
  share: 'wl.share',
  skydrive: 'wl.skydrive',
  skydrive_update: 'wl.skydrive_update',
  work_profile: 'wl.work_profile',
  graph_user: 'user.read',
  graph_user_update: 'user.readwrite',
  graph_calendars: 'calendars.read',
  graph_calendars_update: 'calendars.readwrite',
  graph_contacts: 'contacts.read',
  graph_contacts_update: 'contacts.readwrite',
  graph_device: 'device.read',
  graph_device_command: 'device.command',
  graph_emails: 'mail.read',
  graph_emails_update: 'mail.readwrite',
  graph_files: 'files.read',
  graph_files_all: 'files.read.all',
  graph_files_all_update: 'files.readwrite.all',
  graph_files_update: 'files.readwrite',
  graph_notes: 'notes.read',
  graph_notes_create: 'notes.create',
  graph_notes_update: 'notes.readwrite',
  graph_tasks: 'tasks.read',
  graph_tasks_update: 'tasks.readwrite',
};

const facebookFlags =
  /^(?:email|groups_access_member_info|publish_to_groups|user_age_range|user_birthday|ads_management|ads_read|catalog_management|manage_pages|pages_.*|publish_.*|read_.*|user_.*|allow_context_profile_field|business_management|leads_retrieval)$/;

/** Facebook's are named as the flags are, and come as one text. */
function facebookScope(sent: Options): string {
  const on = Object.entries(sent).filter(([name, value]) => value === true && facebookFlags.test(name));
  return on.map(([name]) => name).join(',');
}

/** The scopes as they were sent, but in the provider's own order, with what it cannot do without. */
const inOrder = (order: readonly string[], sent: unknown) => {
  const asked = Array.isArray(sent) ? (sent as string[]) : [];
  return [...order.filter((name) => asked.includes(name)), ...asked.filter((name) => !order.includes(name))];
};

export const social: readonly StrategyOptions[] = [
  { strategies: ['google-oauth2'], complete: (sent) => listed({ email: true }, googleScopes, sent) },
  { strategies: ['github'], complete: (sent) => listed({}, githubScopes, sent) },
  { strategies: ['facebook'], complete: (sent) => ({ ...sent, scope: facebookScope(sent) }) },
  {
    strategies: ['linkedin'],
    complete: (sent) => {
      const version = Number(sent['strategy_version'] ?? 1);
      return listed({ profile: true }, linkedinScopes[version - 1] ?? {}, sent);
    },
  },
  { strategies: ['windowslive'], kept: ['signin'], complete: (sent) => listed({ signin: true }, windowsScopes, sent) },
  {
    strategies: ['salesforce', 'salesforce-sandbox', 'salesforce-community'],
    complete: (sent) => ({ ...sent, scope: sent['scope'] ?? [] }),
  },
  { strategies: ['wordpress'], complete: (sent) => ({ ...sent, scope: ['profile'], profile: true }) },
  {
    strategies: ['line'],
    complete: (sent) => ({ ...sent, scope: inOrder(['openid', 'email', 'profile'], sent['scope']), profile: true }),
  },
];
