// Owns the description of the Management API for machines: OpenAPI 3.1, made from the endpoints' own declarations.
import { fieldsQuery } from './fields.ts';
import { pagingQuery } from './paging.ts';
import type { Endpoint, NamedSchema, Resource } from './resource.ts';
import { object, type Schema } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;
type Members = NonNullable<Endpoint['query']>;

function parametersIn(place: 'path' | 'query', members: Members): Json[] {
  const { properties, required } = object(members) as unknown as {
    properties: Record<string, Schema>;
    required: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function parametersOf({ path, params = {}, query = {}, paging, fields }: Endpoint): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const anyText = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  const shared = { ...(paging ? pagingQuery : {}), ...(fields ? fieldsQuery : {}) };
  return [...parametersIn('path', { ...anyText, ...params }), ...parametersIn('query', { ...shared, ...query })];
}

const refusal = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

const usualStatus = { GET: 200, POST: 201, PUT: 200, PATCH: 200, DELETE: 204 } as const;

const schemaName = ({ name }: NamedSchema) =>
  name.replaceAll(/(?:^|[ _-])(\w)/g, (_, first: string) => first.toUpperCase());

/** One of them; or a page of them: bare, with totals, or with where the next one begins. */
function answerSchema({ answer, paging }: Endpoint): Json {
  const one = answer ? { $ref: `#/components/schemas/${schemaName(answer)}` } : {};
  if (!paging) return one;
  const number = { type: 'integer' };
  const members = { [paging.key]: { type: 'array', items: one }, start: number, limit: number, total: number };
  const envelope = { type: 'object', properties: { ...members, next: { type: 'string' } } };
  return { anyOf: [{ type: 'array', items: one }, envelope] };
}

function responsesOf(endpoint: Endpoint): Json {
  const { method, status = usualStatus[method], path } = endpoint;
  const content = status === 204 ? {} : { content: { 'application/json': { schema: answerSchema(endpoint) } } };
  return {
    [status]: { description: 'Done', ...content },
    400: refusal('The path, the query or the body is not as described here'),
    401: refusal('The access token is missing, ended, or for another API'),
    403: refusal('The access token has none of the scopes'),
    ...(path.includes('{') ? { 404: refusal('There is no such thing') } : {}),
    ...(method === 'GET' || method === 'DELETE' ? {} : { 409: refusal('It exists already') }),
    429: refusal('Too many requests within a minute'),
  };
}

function operationOf(endpoint: Endpoint, tag: string): Json {
  const { method, path, summary, scopes, selfScopes = [], body } = endpoint;
  const content =
    body === 'stream' ? { 'multipart/form-data': { schema: {} } } : { 'application/json': { schema: body } };
  const all = [...scopes, ...selfScopes];
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`,
    summary,
    tags: [tag],
    parameters: parametersOf(endpoint),
    ...(body === undefined ? {} : { requestBody: { required: true, content } }),
    responses: responsesOf(endpoint),
    security: all.length === 0 ? [{ oauth2: [] }] : all.map((scope) => ({ oauth2: [scope] })),
  };
}

function pathsOf(resources: readonly Resource[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { name, endpoints } of resources) {
    for (const endpoint of endpoints) {
      paths[endpoint.path] ??= {};
      Object.assign(paths[endpoint.path] as object, { [endpoint.method.toLowerCase()]: operationOf(endpoint, name) });
    }
  }
  return paths;
}

const errorSchema = {
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    error: { type: 'string', description: 'The status in words' },
    message: { type: 'string', description: 'What was wrong' },
    errorCode: { type: 'string', description: 'A code for programs; some resources have none' },
  },
};

/** The document for a tenant. */
export function openApiDocument(resources: readonly Resource[], issuer: string): Json {
  const scopes = resources.flatMap(({ endpoints }) =>
    endpoints.flatMap(({ scopes: some, selfScopes = [] }) => [...some, ...selfScopes]),
  );
  const answers = Object.fromEntries(
    resources.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ answer }) => (answer ? [[schemaName(answer), answer.schema]] : [])),
    ),
  );
  const flow = { tokenUrl: `${issuer}oauth/token`, scopes: Object.fromEntries(scopes.map((scope) => [scope, ''])) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Warifu Management API',
      version: '2',
      description: `Compatible with Auth0's Management API v2. Access tokens are for the audience ${issuer}api/v2/.`,
    },
    servers: [{ url: `${issuer}api/v2` }],
    tags: resources.map(({ name }) => ({ name })),
    paths: pathsOf(resources),
    components: {
      schemas: { Error: errorSchema, ...answers },
      securitySchemes: { oauth2: { type: 'oauth2', flows: { clientCredentials: flow } } },
    },
  };
}
