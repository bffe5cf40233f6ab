// Owns examples of what events are about, for who tries a stream out. They are the same as Auth0's where that is known.

const at = '2025-02-01T12:34:56Z';

const contact = {
  email: 'john.doe@gmail.com',
  email_verified: false,
  username: 'johndoe',
  phone_number: '+15555555555',
  phone_verified: false,
};
const names = { name: 'John Doe', given_name: 'John', family_name: 'Doe' };

const user = {
  user_id: 'auth0|507f1f77bcf86cd799439020',
  ...contact,
  created_at: at,
  updated_at: at,
  identities: [
    {
      provider: 'auth0',
      isSocial: false,
      connection: 'Username-Password-Authentication',
      user_id: '507f1f77bcf86cd799439020',
      profileData: { ...contact, ...names },
    },
  ],
  app_metadata: { plan: 'pro' },
  user_metadata: { hobby: 'skydiving' },
  picture:
    'https://secure.gravatar.com/avatar/15626c5e0c749cb912f9d1ad48dba440?s=480&r=pg&d=https%3A%2F%2Fssl.gstatic.com%2Fs2%2Fprofiles%2Fimages%2Fsilhouette80.png',
  ...names,
  nickname: 'John Doe',
  multifactor: ['sample'],
  last_ip: '10.0.0.1',
  last_login: at,
  logins_count: 42,
  blocked: false,
};

const organization = { id: 'org_0000000000000001', name: 'example', display_name: 'Example', metadata: {} };
const connection = { id: 'con_0000000000000001', name: 'example', strategy: 'oidc' };
const group = { id: 'grp_11111111111111', name: 'Example', type: 'tenant', created_at: at };
const role = { id: 'rol_0000000000000001', name: 'Example' };
const member = { user_id: user.user_id };

/** What an event of a type could be about. */
export function sampleOf(type: string): unknown {
  const parts = type.split('.');
  const about = (name: string) => parts.includes(name);
  if (parts[0] === 'user') return { object: user };
  if (parts[0] === 'connection') return { object: connection };
  const whole = parts[0] === 'group' ? { group } : { organization };
  const part = {
    ...(about('group') && parts[0] !== 'group' ? { group } : {}),
    ...(about('connection') ? { connection } : {}),
    ...(about('member') ? { user: member } : {}),
    ...(about('role') ? { role } : {}),
  };
  if (Object.keys(part).length > 0) return { object: { ...whole, ...part } };
  return { object: parts[0] === 'group' ? group : organization };
}
