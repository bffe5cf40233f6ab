// Tests that what the OpenAPI document tells of answers is true of them: of everything that can be read of one of everything.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { KnownNames } from '../testing/api-requests.ts';
import { TestManagement } from '../testing/management.ts';
import { populate } from '../testing/population.ts';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { openApiDocument } from './openapi.ts';
import { resources } from './resources.ts';

let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
});
after(() => tenant.close());

const readable = resources
  .flatMap(({ endpoints }) => endpoints.filter(({ method }) => method === 'GET'))
  .toSorted((a, b) => a.path.split('/').length - b.path.split('/').length);

const pointer = (path: string) => encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));
const fullAnswer = (path: string) =>
  `document#/paths/${pointer(path)}/get/responses/200/content/application~1json/schema`;

/** What is asked: every endpoint that reads, about all that is known to be there. */
async function* answersOf(api: TestManagement): AsyncGenerator<{ template: string; path: string; body: unknown }> {
  const names = new KnownNames();
  for (const { path, answer } of await populate(api)) names.learn(path, answer);
  for (const endpoint of readable) {
    const queries = endpoint.paging ? ['', '?include_totals=true', '?take=2'] : [''];
    for (const path of names.paths(endpoint).flatMap((one) => queries.map((query) => one + query))) {
      const { status, body } = await api.get(path);
      if (status !== 200) continue;
      names.learn(path.split('?')[0] as string, body);
      yield { template: endpoint.path, path, body };
    }
  }
}

test('what is read is as the document describes it: one thing, and a list in each of its forms', async () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  ajv.addSchema(openApiDocument(resources, tenant.ctx.issuer), 'document');
  const judges = new Map(readable.map(({ path }) => [path, ajv.compile({ $ref: fullAnswer(path) })]));
  const faults = new Set<string>();
  let count = 0;
  for await (const { template, path, body } of answersOf(await TestManagement.open(tenant))) {
    count += 1;
    const isRight = judges.get(template);
    if (isRight?.(body) === false) faults.add(`${path}: ${ajv.errorsText(isRight.errors)}`);
  }
  assert.deepEqual([...faults], []);
  assert.ok(count > readable.length, `${count} answers`);
});
