// Sets a tenant up with Auth0's own SDK: an application, an API, a role and a person who has it; then asks what happened.
import { ManagementClient } from 'auth0';

const { DOMAIN, CLIENT_ID, CLIENT_SECRET, USER_PASSWORD } = process.env;
const auth0 = new ManagementClient({ domain: DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });

const application = await auth0.clients.create({
  name: 'Shop',
  app_type: 'regular_web',
  callbacks: ['https://shop.example.com/callback'],
});
console.log('Application:', application.name, application.client_id);

const orders = 'https://orders.example.com/';
await auth0.resourceServers.create({ identifier: orders, name: 'Orders', scopes: [{ value: 'read:orders' }] });
const role = await auth0.roles.create({ name: 'Clerk', description: 'Sees the orders' });
const permissions = [{ resource_server_identifier: orders, permission_name: 'read:orders' }];
await auth0.roles.permissions.add(role.id, { permissions });

const hana = await auth0.users.create({
  connection: 'Username-Password-Authentication',
  email: 'hana@example.com',
  password: USER_PASSWORD,
  app_metadata: { branch: 'Kyoto' },
});
await auth0.users.roles.assign(hana.user_id, { roles: [role.id] });

// Lucene's language; who was changed a moment ago is found as they are now.
for await (const person of await auth0.users.list({ q: 'app_metadata.branch:"Kyoto" AND email:hana*' })) {
  for await (const permission of await auth0.users.permissions.list(person.user_id)) {
    console.log('Found:', person.email, '· may', permission.permission_name, 'at', permission.resource_server_name);
  }
}

const { data: events } = await auth0.logs.list({ q: 'type:sapi', per_page: 3 });
for (const { date, description } of events) console.log('Log:', date, description);
