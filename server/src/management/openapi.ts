// Owns the description of the Management API for machines: OpenAPI 3.1, made from the endpoints' own declarations.
import { answerSchema, componentName } from './answers.ts';
import { fieldsQuery } from './fields.ts';
import { pagingQuery } from './paging.ts';
import type { Endpoint, Resource } from './resource.ts';
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

/** Everything that the query of an endpoint may say. */
export function queryOf({ query = {}, paging, fields }: Endpoint): Members {
  return { ...(paging ? pagingQuery : {}), ...(fields ? fieldsQuery : {}), ...query };
}

function parametersOf(endpoint: Endpoint): Json[] {
  const { path, params = {} } = endpoint;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const anyText = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return [...parametersIn('path', { ...anyText, ...params }), ...parametersIn('query', queryOf(endpoint))];
}

/** The id of an endpoint in the documents: its method and path, so that it stays as long as they do. */
export function operationId({ method, path }: Pick<Endpoint, 'method' | 'path'>): string {
  return `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
}

const refusal = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

const usualStatus = { GET: 200, POST: 201, PUT: 200, PATCH: 200, DELETE: 204 } as const;

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

/** Any one of these suffices: a token of the flow, or one that was got in another way, with the scopes. */
function securityOf({ scopes, selfScopes = [], everyScope = false }: Endpoint): Json[] {
  const ways = everyScope
    ? [scopes, ...selfScopes.map((scope) => [scope])]
    : [...scopes, ...selfScopes].map((one) => [one]);
  return (ways.length === 0 ? [[]] : ways).flatMap((wanted) => [{ oauth2: wanted }, { bearer: wanted }]);
}

function operationOf(endpoint: Endpoint, tag: string): Json {
  const { summary, body } = endpoint;
  const content =
    body === 'stream' ? { 'multipart/form-data': { schema: {} } } : { 'application/json': { schema: body } };
  return {
    operationId: operationId(endpoint),
    summary,
    tags: [tag],
    parameters: parametersOf(endpoint),
    ...(body === undefined ? {} : { requestBody: { required: true, content } }),
    responses: responsesOf(endpoint),
    security: securityOf(endpoint),
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

/** What answers are made of, by name. */
function answerComponents(resources: readonly Resource[]): Json {
  const shapes = resources.flatMap(({ endpoints }) => endpoints.flatMap(({ answer }) => answer ?? []));
  return Object.fromEntries(shapes.map(({ noun, schema }) => [componentName(noun), schema]));
}

/** `read:client_grants` in words. */
const scopeText = (scope: string) => scope.replaceAll(/[:_]/g, ' ');

/** The document for a tenant. */
export function openApiDocument(resources: readonly Resource[], issuer: string): Json {
  const scopes = resources.flatMap(({ endpoints }) =>
    endpoints.flatMap(({ scopes: some, selfScopes = [] }) => [...some, ...selfScopes]),
  );
  const flow = {
    tokenUrl: `${issuer}oauth/token`,
    scopes: Object.fromEntries([...new Set(scopes)].sort().map((scope) => [scope, scopeText(scope)])),
  };
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
      schemas: { ...answerComponents(resources), Error: errorSchema },
      securitySchemes: {
        oauth2: { type: 'oauth2', flows: { clientCredentials: flow } },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}
