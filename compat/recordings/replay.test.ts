// Holds how closely we answer as Auth0 was recorded to: never less than in floor.json, which only rises.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../e2e/server.ts';
import { areThere, replay } from './replay.ts';

/** Of the interactions that are scored: answered in full, with the right status, and the mean over endpoints in full. */
interface Score {
  readonly full: number;
  readonly statusOk: number;
  readonly endpoints: number;
}

interface Report {
  readonly total: { readonly scored: number; readonly full: number; readonly 'status wrong': number };
  readonly endpoints: { readonly meanFull: number };
}

const floor: Score = JSON.parse(readFileSync(new URL('floor.json', import.meta.url), 'utf8'));

test('recorded traffic is answered as Auth0 answered it', {
  skip: !areThere && 'no recordings lie beside the checkout',
}, async () => {
  const file = join(temporaryDirectory(), 'report.json');
  assert.equal(await replay(['--report', file, '--top', '0'], 'ignore'), 0);
  const { total, endpoints }: Report = JSON.parse(readFileSync(file, 'utf8'));
  const score: Score = {
    full: total.full / total.scored,
    statusOk: 1 - total['status wrong'] / total.scored,
    endpoints: endpoints.meanFull,
  };
  for (const [name, least] of Object.entries(floor)) {
    const reached = score[name as keyof Score];
    assert.ok(
      reached >= least,
      `${name}: ${reached} is less than ${least}. \`npm run replay\` tells what is answered otherwise.`,
    );
  }
});
