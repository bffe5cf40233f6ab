// Owns /api/v2/flows: what forms do, and the accounts that they do it with.
import { sha256 } from '#crypto/digest';
import { type Document, records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import type { JsonObject } from '#protocol/merge-patch';
import { type Collection, collection, dated, findOne } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { flag, list, object, oneOf, optional, patchOf, record, text } from '../schema.ts';
import { sealMembers } from '../secret-members.ts';

interface Flow {
  readonly id: string;
  readonly name: string;
}

const flowId = prefixed('flow-id', 'af_', 22);

const createFlow = object({
  name: text({ minLength: 1, maxLength: 150, description: 'Name of the flow' }),
  description: optional(text({ maxLength: 500 })),
  synchronous: optional(flag()),
  actions: optional(list(record(), { maxItems: 500, description: 'What it does, step by step' })),
  triggers: optional(record()),
  security: optional(record()),
});

const flowDeclaration: Collection<Flow> = {
  path: '/flows',
  noun: 'flow',
  scope: 'flows',
  records: records('flows'),
  create: createFlow,
  update: patchOf(createFlow),
  fresh: (_call, body) => ({ id: flowId.make(), ...(body as Omit<Flow, 'id'>) }),
  shown: dated,
  summary: (document) => {
    const { actions, ...summary } = dated(document) as ReturnType<typeof dated<Flow>> & { actions?: unknown };
    return { ...summary, executed_at: null };
  },
  missing: () => new ApiError(404, 'Flow not found'),
  strictDelete: true,
  query: {
    hydrate: optional(list(oneOf(['form_count', 'forms']), { description: 'What else to tell' })),
    synchronous: optional(flag({ description: 'Only those that forms wait for, or that they do not' })),
  },
  listed: ({ body }, { query }) => {
    const { synchronous } = body as { synchronous?: boolean };
    return (query.synchronous ?? synchronous) === synchronous;
  },
};

interface VaultConnection {
  readonly id: string;
  readonly app_id: string;
  readonly name: string;
  /** Sealed. */
  readonly setup?: Readonly<Record<string, unknown>>;
}

const apps = [
  'ACTIVECAMPAIGN',
  'AIRTABLE',
  'AUTH0',
  'BIGQUERY',
  'CLEARBIT',
  'DOCUSIGN',
  'GOOGLE_SHEETS',
  'HTTP',
  'HUBSPOT',
  'JWT',
  'MAILCHIMP',
  'MAILJET',
  'PIPEDRIVE',
  'SALESFORCE',
  'SENDGRID',
  'SLACK',
  'STRIPE',
  'TELEGRAM',
  'TWILIO',
  'WHATSAPP',
  'ZAPIER',
] as const;

const vaultId = prefixed('vault-connection-id', 'ac_', 22);
const setup = optional(record({ description: 'The account; it is shown to nobody' }));

const createVault = object({
  name: text({ minLength: 1, maxLength: 150, description: 'Name of the connection' }),
  app_id: oneOf(apps, { description: 'Whose service it is' }),
  setup,
});

function shownVault(document: Document<VaultConnection>): JsonObject {
  const { setup: account, ...rest } = dated(document);
  const fingerprint = sha256(JSON.stringify([rest.id, account])).slice(0, 32);
  return { ...rest, ready: account !== undefined, refreshed_at: null, fingerprint };
}

const vaultDeclaration: Collection<VaultConnection> = {
  path: '/flows/vault/connections',
  noun: 'vault connection',
  scope: 'flows_vault_connections',
  records: records('flows-vault-connections'),
  create: createVault,
  update: patchOf(createVault, { without: ['app_id'] }),
  replaced: ['setup'],
  fresh: ({ ctx }, body) => ({
    id: vaultId.make(),
    ...(sealMembers(ctx, body, ['setup.*']) as unknown as Omit<VaultConnection, 'id'>),
  }),
  patched: (before, patch, { ctx }) => {
    const { setup: account = before.setup, ...rest } = sealMembers(ctx, patch, ['setup.*']) as Partial<VaultConnection>;
    return { ...before, ...rest, ...(account ? { setup: account } : {}) };
  },
  shown: shownVault,
  missing: () => new ApiError(404, 'Connection not found'),
  strictDelete: true,
};

const noExecution = () => new ApiError(404, 'Execution not found');

/** Flows do not run yet, so none has been executed. */
const executions: readonly Endpoint[] = [
  listing({
    path: '/flows/{flow_id}/executions',
    summary: "List a flow's executions",
    scopes: ['read:flows_executions'],
    key: 'executions',
    ways: 'checkpoint',
    page: async ({ ctx, params }) => {
      await findOne(flowDeclaration, ctx, params.flow_id);
      return { items: [] };
    },
  }),
  ...(['GET', 'DELETE'] as const).map((method) =>
    endpoint({
      method,
      path: '/flows/{flow_id}/executions/{execution_id}',
      summary: `${method === 'GET' ? 'Read' : 'Delete'} an execution of a flow`,
      scopes: [`${method === 'GET' ? 'read' : 'delete'}:flows_executions`],
      run: async ({ ctx, params }) => {
        await findOne(flowDeclaration, ctx, params.flow_id);
        throw noExecution();
      },
    }),
  ),
];

export const flows: Resource = {
  name: 'flows',
  endpoints: [...collection(vaultDeclaration), ...collection(flowDeclaration), ...executions],
};
