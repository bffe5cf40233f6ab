// Owns the providers and streams of a population: what stands outside, with the secrets that open it.
import { planted, type Settlement } from './settlement.ts';

const sinks = {
  http: {
    httpEndpoint: 'https://logs.example.com/in',
    httpAuthorization: planted('sinkauthorization'),
    httpCustomHeaders: [{ header: 'x-key', value: planted('sinkheader') }],
  },
  datadog: { datadogApiKey: planted('datadog'), datadogRegion: 'us' },
  splunk: {
    splunkDomain: 'splunk.example.com',
    splunkPort: '8088',
    splunkToken: planted('splunk'),
    splunkSecure: true,
  },
  segment: { segmentWriteKey: planted('segment') },
  mixpanel: {
    mixpanelRegion: 'eu',
    mixpanelProjectId: '1',
    mixpanelServiceAccountUsername: 'u',
    mixpanelServiceAccountPassword: planted('mixpanel'),
  },
};

export async function settleStreams(all: Settlement) {
  for (const [type, sink] of Object.entries(sinks)) await all.post('/log-streams', { name: type, type, sink });
  const webhook = { webhook_endpoint: 'https://hook.example.com/in' };
  const authorizations = [
    { method: 'bearer', token: planted('webhooktoken') },
    { method: 'basic', username: 'u', password: planted('webhookpassword') },
  ];
  for (const webhook_authorization of authorizations) {
    const configuration = { ...webhook, webhook_authorization };
    const { id } = await all.post('/event-streams', {
      name: `People by ${webhook_authorization.method}`,
      subscriptions: [{ event_type: 'user.created' }],
      destination: { type: 'webhook', configuration },
    });
    await all.send('PATCH', `/event-streams/${id}`, { destination: { type: 'webhook', configuration } });
    await all.post(`/event-streams/${id}/test`, { event_type: 'user.created' });
  }
}

export async function settleProviders(all: Settlement) {
  const smtp = { smtp_host: 'mail.example.com', smtp_port: 587, smtp_user: 'warifu', smtp_pass: planted('smtp') };
  await all.post('/emails/provider', { name: 'smtp', default_from_address: 'no-reply@example.com', credentials: smtp });
  await all.send('PATCH', '/emails/provider', { name: 'sendgrid', credentials: { api_key: planted('sendgrid') } });
  await all.post('/branding/phone/providers', {
    name: 'twilio',
    configuration: { sid: 'AC0123456789', default_from: '+15550100', delivery_methods: ['text'] },
    credentials: { auth_token: planted('phoneprovider') },
  });
  const factors = '/guardian/factors';
  await all.send('PUT', `${factors}/otp`, { enabled: true });
  await all.send('PUT', `${factors}/sms/providers/twilio`, {
    from: '+1',
    sid: 'AC1',
    auth_token: planted('guardiantwilio'),
  });
  const push = `${factors}/push-notification/providers`;
  await all.send('PUT', `${push}/sns`, {
    aws_access_key_id: 'AKIA1',
    aws_secret_access_key: planted('sns'),
    aws_region: 'us-east-1',
    sns_apns_platform_application_arn: 'a',
    sns_gcm_platform_application_arn: 'g',
  });
  await all.send('PUT', `${push}/apns`, { sandbox: true, bundle_id: 'b', p12: planted('apns') });
  await all.send('PUT', `${push}/fcm`, { server_key: planted('fcm') });
  await all.send('PUT', `${push}/fcmv1`, { server_credentials: planted('fcmv1') });
  await all.send('PUT', `${factors}/duo/settings`, { host: 'd.example.com', ikey: 'ikey', skey: planted('duo') });
  await all.send('PATCH', '/attack-protection/captcha', {
    active_provider_id: 'hcaptcha',
    hcaptcha: { site_key: 'public', secret: planted('captcha') },
    recaptcha_enterprise: { site_key: 'public', api_key: planted('recaptcha'), project_id: 'p' },
    arkose: { site_key: 'public', secret: planted('arkose'), client_subdomain: 'client', verify_subdomain: 'verify' },
  });
}
