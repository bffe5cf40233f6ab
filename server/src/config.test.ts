// Proves what the settings accept, refuse, and say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, type Environment, readConfig, settingsHelp } from './config.ts';

const read = (env: Environment) => readConfig(env, '/srv');

/** Everything that is wrong with the settings. */
function faultsOf(env: Environment): readonly string[] {
  try {
    read(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    for (const fault of error.faults) assert.ok(error.message.includes(fault));
    return error.faults;
  }
  return [];
}

describe('without any setting', () => {
  test('the server is for development, on this machine only, with a database file in ./data', () => {
    assert.deepEqual(read({}), {
      port: 4000,
      host: 'localhost',
      issuer: 'http://localhost:4000/',
      data: '/srv/data',
      database: 'sqlite:/srv/data/warifu.sqlite',
      adminEmail: 'admin@example.com',
      adminPassword: undefined,
      managementClient: undefined,
      tls: undefined,
      mtls: undefined,
      trustedProxies: [],
      keyRotationDays: 90,
      logRetentionDays: 30,
      mostImportBytes: 500_000_000,
      managementRequestsPerMinute: 60_000,
      revocationReaders: 'anyone',
      outboundPrivate: true,
      logLevel: 'info',
      development: true,
    });
  });

  test('an empty variable counts as missing', () => {
    const empty = Object.fromEntries([...settingsHelp().matchAll(/^[A-Z_]+$/gm)].map(([name]) => [name, '']));
    assert.ok('PORT' in empty && 'WARIFU_LOG_LEVEL' in empty);
    assert.deepEqual(read(empty), read({}));
  });
});

describe('the issuer', () => {
  const issuers: [Environment, string][] = [
    [{ PORT: '5000' }, 'http://localhost:5000/'],
    [{ PORT: '80' }, 'http://localhost/'],
    [{ WARIFU_TLS: 'self-signed' }, 'https://localhost:4000/'],
    [{ WARIFU_ISSUER: 'https://login.example.com' }, 'https://login.example.com/'],
    [{ WARIFU_ISSUER: 'https://login.example.com/' }, 'https://login.example.com/'],
    [{ WARIFU_ISSUER: 'HTTPS://Login.Example.com:443' }, 'https://login.example.com/'],
    [{ WARIFU_ISSUER: 'https://例え.jp:8443' }, 'https://xn--r8jz45g.jp:8443/'],
    [{ WARIFU_ISSUER: 'https://login.example.com', PORT: '5000' }, 'https://login.example.com/'],
  ];
  for (const [env, issuer] of issuers) {
    test(`is ${issuer} for ${JSON.stringify(env)}`, () => assert.equal(read(env).issuer, issuer));
  }

  const loopback = [
    'http://localhost:4000',
    'http://127.0.0.1',
    'http://127.8.9.10:1',
    'http://[::1]:4000',
    'http://a.localhost',
  ];
  for (const issuer of loopback) {
    test(`${issuer} is a loopback address: it may be http and is for development`, () => {
      assert.equal(read({ WARIFU_ISSUER: issuer }).development, true);
    });
  }

  const refused: [string, RegExp][] = [
    ['login.example.com', /is not an http or https URL/],
    ['localhost:4000', /is not an http or https URL/],
    ['ftp://example.com/', /is not an http or https URL/],
    ['https:login.example.com', /is not an http or https URL/],
    ['https://', /is not an http or https URL/],
    ['https://example.com/?', /carries a query/],
    ['https://example.com/?a=b', /carries a query/],
    ['https://example.com/#', /carries a fragment/],
    ['https://example.com/auth/', /carries a path/],
    ['https://hideki:hunter2@example.com/', /carries credentials/],
    ['http://login.example.com/', /Only a loopback address may do without TLS/],
    ['http://localhost.example.com/', /Only a loopback address/],
    ['http://127.0.0.1.example.com/', /Only a loopback address/],
    ['http://10.0.0.1/', /Only a loopback address/],
  ];
  for (const [issuer, fault] of refused) {
    test(`${issuer} is refused`, () => {
      const faults = faultsOf({ WARIFU_ISSUER: issuer });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', fault);
      assert.match(faults[0] ?? '', /for example WARIFU_ISSUER=https:/);
    });
  }
});

describe('production', () => {
  test('is any issuer but a loopback address', () => {
    assert.equal(read({ WARIFU_ISSUER: 'https://login.example.com' }).development, false);
  });

  test('can be asked for on loopback', () => {
    const env = { WARIFU_ENV: 'production', WARIFU_TLS: 'self-signed' };
    assert.equal(read(env).development, false);
    assert.equal(read({ ...env, WARIFU_ENV: 'development' }).development, true);
  });

  test('needs https even on loopback', () => {
    assert.match(faultsOf({ WARIFU_ENV: 'production' })[0] ?? '', /^In production WARIFU_ISSUER must begin with https/);
  });

  test('cannot be denied to an issuer that others reach', () => {
    const faults = faultsOf({ WARIFU_ENV: 'development', WARIFU_ISSUER: 'https://login.example.com' });
    assert.match(faults[0] ?? '', /WARIFU_ENV=development needs an issuer on a loopback address/);
  });

  test('needs an https issuer where the server serves https', () => {
    const faults = faultsOf({ WARIFU_TLS: 'self-signed', WARIFU_ISSUER: 'http://localhost:4000' });
    assert.match(faults[0] ?? '', /WARIFU_TLS=self-signed serves HTTPS/);
  });
});

describe('the management application', () => {
  const pair = { WARIFU_MANAGEMENT_CLIENT_ID: 'pipeline', WARIFU_MANAGEMENT_CLIENT_SECRET: 's'.repeat(32) };

  test('has an id and a secret', () => {
    assert.deepEqual(read(pair).managementClient, { client_id: 'pipeline', client_secret: 's'.repeat(32) });
  });

  test('has both or neither', () => {
    for (const name of Object.keys(pair))
      assert.match(faultsOf({ ...pair, [name]: '' })[0] ?? '', /set both or neither/);
  });

  test('may have a short secret only where nobody else reaches it', () => {
    const short = { ...pair, WARIFU_MANAGEMENT_CLIENT_SECRET: 'short-secret' };
    assert.equal(read(short).managementClient?.client_secret, 'short-secret');
    const faults = faultsOf({ ...short, WARIFU_ISSUER: 'https://login.example.com' });
    assert.match(faults[0] ?? '', /at least 32 random characters/);
  });
});

describe('the database', () => {
  const databases: [string, string][] = [
    ['sqlite:here/a.sqlite', 'sqlite:/srv/here/a.sqlite'],
    ['sqlite:/var/lib/a.sqlite', 'sqlite:/var/lib/a.sqlite'],
    ['sqlite:///var/lib/a.sqlite', 'sqlite:/var/lib/a.sqlite'],
    ['sqlite::memory:', 'sqlite::memory:'],
    ['postgres://warifu@db/warifu', 'postgres://warifu@db/warifu'],
    ['postgresql://u:p%40@db:5433/x?sslmode=require', 'postgresql://u:p%40@db:5433/x?sslmode=require'],
  ];
  for (const [text, database] of databases) {
    test(`${text} is taken`, () => assert.equal(read({ WARIFU_DATABASE: text }).database, database));
  }
  for (const text of ['warifu.sqlite', 'sqlite:', 'sqlite://a', 'mysql://a/b', 'postgres://db', 'postgres://db:x/y']) {
    test(`${text} is refused`, () =>
      assert.match(faultsOf({ WARIFU_DATABASE: text })[0] ?? '', /for example WARIFU_DATABASE=/));
  }

  test('goes where WARIFU_DATA says', () => {
    assert.equal(read({ WARIFU_DATA: '/var/lib/warifu/' }).database, 'sqlite:/var/lib/warifu/warifu.sqlite');
  });
});

describe('certificates of applications', () => {
  const tls = { WARIFU_TLS: 'self-signed' };
  const proxied = { WARIFU_CERTIFICATE_HEADER: 'Client-Cert', WARIFU_TRUSTED_PROXIES: '10.0.0.1, ::1/128' };
  test('they are asked for at a second port, beside the issuer', () => {
    const { mtls } = read({ ...tls, WARIFU_MTLS_PORT: '4443', WARIFU_MTLS_CA: 'ca.pem' });
    assert.deepEqual(mtls, {
      port: 4443,
      url: 'https://localhost:4443/',
      authorities: '/srv/ca.pem',
      header: undefined,
    });
  });

  test('a proxy asks for them at the issuer, or at an address of its own', () => {
    const header = 'client-cert';
    const none = { port: undefined, authorities: undefined };
    assert.deepEqual(read({ ...tls, ...proxied }).mtls, { ...none, url: 'https://localhost:4000/', header });
    const elsewhere = { WARIFU_MTLS_URL: 'https://mtls.example.com' };
    assert.deepEqual(read({ ...proxied, ...elsewhere }).mtls, { ...none, url: 'https://mtls.example.com/', header });
  });

  test('half of what belongs together is refused', () => {
    assert.match(faultsOf({ WARIFU_MTLS_PORT: '4443' })[0] ?? '', /needs TLS/);
    assert.match(faultsOf({ WARIFU_CERTIFICATE_HEADER: 'client-cert' })[0] ?? '', /set WARIFU_TRUSTED_PROXIES/);
    assert.match(
      faultsOf({ ...proxied, WARIFU_MTLS_URL: 'http://mtls.example.com' })[0] ?? '',
      /must begin with https/,
    );
  });
});

test('proxies are believed that are named, and nobody else', () => {
  assert.deepEqual(read({}).trustedProxies, []);
  assert.deepEqual(read({ WARIFU_TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).trustedProxies, ['10.0.0.0/8', '::1']);
});

describe('a wrong value', () => {
  const wrong: [string, string][] = [
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '4000x'],
    ['PORT', '-1'],
    ['HOST', 'http://localhost'],
    ['HOST', '[::1]'],
    ['WARIFU_ADMIN_EMAIL', 'admin'],
    ['WARIFU_MANAGEMENT_CLIENT_ID', 'two words'],
    ['WARIFU_TLS', 'yes'],
    ['WARIFU_MTLS_PORT', '0'],
    ['WARIFU_CERTIFICATE_HEADER', 'client cert'],
    ['WARIFU_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['WARIFU_TRUSTED_PROXIES', 'proxy.example.com'],
    ['WARIFU_ENV', 'Production'],
    ['WARIFU_KEY_ROTATION_DAYS', '-1'],
    ['WARIFU_KEY_ROTATION_DAYS', '3651'],
    ['WARIFU_LOG_LEVEL', 'verbose'],
  ];
  for (const [name, text] of wrong) {
    test(`${name}=${text} is named, with what is expected and an example`, () => {
      const [fault = '', ...others] = faultsOf({ [name]: text });
      assert.deepEqual(others, []);
      assert.ok(fault.startsWith(`${name}="${text}" is not `), fault);
      assert.match(fault, new RegExp(`Expected: .+; for example ${name}=.`));
    });
  }

  test('is reported together with all others', () => {
    const env = {
      PORT: 'x',
      WARIFU_ISSUER: 'http://example.com',
      WARIFU_TLS: '',
      WARIFU_LOG_LEVEL: 'x',
      WARIFU_MANAGEMENT_CLIENT_ID: 'a',
    };
    assert.equal(faultsOf(env).length, 4);
  });

  test('is not repeated where it may carry a secret', () => {
    const env = {
      WARIFU_ISSUER: 'https://hideki:hunter2@example.com/',
      WARIFU_DATABASE: 'postgres://warifu:hunter2@db',
      WARIFU_ADMIN_PASSWORD: 'hunter2',
      WARIFU_MANAGEMENT_CLIENT_SECRET: 'hunter2',
      WARIFU_ADMIN_PASWORD: 'hunter2',
    };
    const faults = faultsOf(env);
    assert.equal(faults.length, 4);
    assert.doesNotMatch(faults.join('\n'), /hunter2/);
  });
});

describe('an unknown setting', () => {
  test('is refused with the name that was probably meant', () => {
    assert.deepEqual(faultsOf({ WARIFU_ISSUR: 'x' }), ['WARIFU_ISSUR is not a setting. Did you mean WARIFU_ISSUER?']);
    assert.deepEqual(faultsOf({ WARIFU_LOGLEVEL: 'x' }), [
      'WARIFU_LOGLEVEL is not a setting. Did you mean WARIFU_LOG_LEVEL?',
    ]);
  });

  test('is only looked for among the names of ours', () => {
    assert.deepEqual(faultsOf({ PATH: '/bin', WARIFU_TEST_POSTGRES: 'postgres://x/y' }), []);
  });
});

test('the help has every setting once, with its default', () => {
  const names = [...settingsHelp().matchAll(/^(\w+)\n {4}.+\n {4}Default: .+$/gm)].map(([, name]) => name);
  assert.equal(new Set(names).size, names.length);
  assert.equal(names.length, settingsHelp().match(/^ {4}Default: /gm)?.length);
  assert.ok(names.includes('PORT') && names.includes('WARIFU_LOG_LEVEL'));
});
