// Tests the rules of token exchange: nobody acts who isn't named, no chain forgets anybody, no scope grows.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import type { Actor } from './actor.ts';
import { type ActingParty, actorOf, exchangedScope, parseExchange, tokenTypes } from './token-exchange.ts';

const issuer = 'https://id.example.com/';
const usual = { issuer, impersonation: false };
const application: ActingParty = { sub: 'app', kind: 'application' };
const person: ActingParty = { sub: 'auth0|agent', kind: 'person' };
const chain = (length: number): Actor | undefined =>
  length === 0 ? undefined : { sub: `a${length}`, ...(length === 1 ? {} : { act: chain(length - 1) as Actor }) };

describe('who acts', () => {
  test('X06: without an actor_token it is the application, which is said', () => {
    assert.deepEqual(actorOf({ act: undefined, mayAct: undefined }, application, usual), { sub: 'app' });
  });

  test('who acted before stays in the chain, innermost first', () => {
    const act = actorOf({ act: { sub: 'first' }, mayAct: undefined }, application, usual);
    assert.deepEqual(act, { sub: 'app', act: { sub: 'first' } });
  });

  test('where the API lets an application stand in unseen nobody is said to act, but a chain is never hidden', () => {
    const unseen = { issuer, impersonation: true };
    assert.equal(actorOf({ act: undefined, mayAct: undefined }, application, unseen), undefined);
    const act = actorOf({ act: { sub: 'first' }, mayAct: undefined }, application, unseen);
    assert.deepEqual(act, { sub: 'app', act: { sub: 'first' } });
  });

  test('X06: another person may act only if may_act names them', () => {
    for (const mayAct of [undefined, null, 'auth0|agent', {}, { sub: 'auth0|other' }, { sub: ['auth0|agent'] }]) {
      refusalOf('invalid_request', () => actorOf({ act: undefined, mayAct }, person, usual));
    }
    const elsewhere = { sub: person.sub, iss: 'https://id.evil.test/' };
    refusalOf('invalid_request', () => actorOf({ act: undefined, mayAct: elsewhere }, person, usual));
    assert.deepEqual(actorOf({ act: undefined, mayAct: { sub: person.sub } }, person, usual), { sub: person.sub });
    const mayAct = { sub: person.sub, iss: issuer };
    assert.deepEqual(actorOf({ act: undefined, mayAct }, person, { issuer, impersonation: true }), { sub: person.sub });
  });

  test('X06: a token with may_act lets nobody act whom it does not name, applications included', () => {
    refusalOf('invalid_request', () => actorOf({ act: undefined, mayAct: { sub: 'other' } }, application, usual));
    for (const sub of ['app', 'app@clients']) {
      assert.deepEqual(actorOf({ act: undefined, mayAct: { sub } }, application, usual), { sub: 'app' });
    }
    refusalOf('invalid_request', () =>
      actorOf({ act: undefined, mayAct: { sub: `${person.sub}@clients` } }, person, usual),
    );
  });

  test('a chain ends somewhere', () => {
    assert.ok(actorOf({ act: chain(7), mayAct: undefined }, application, usual));
    refusalOf('invalid_request', () => actorOf({ act: chain(8), mayAct: undefined }, application, usual));
  });
});

const names = ['a', 'b', 'c', 'd', 'e'];
const some = fc.subarray(names);
const api = { identifier: 'https://b.example.com/', scopes: ['a', 'b', 'c', 'x'].map((value) => ({ value })) };

describe('how far', () => {
  const possible = (scope: string[], audiences: string[], policy: { scope?: readonly string[] } = {}) =>
    exchangedScope({ subject: { scope, audiences }, api, policy, requested: undefined });

  test('without more said by the policy the scopes of the old token, as far as the API has them', () => {
    assert.deepEqual(possible(['a', 'openid', 'z'], ['https://a.example.com/']), ['a']);
    assert.deepEqual(possible([], []), []);
  });

  test('the policy may allow others at another API, but none that the old token lacked at its own', () => {
    const policy = { scope: ['b', 'z'] };
    assert.deepEqual(possible(['a'], ['https://a.example.com/'], policy), ['b']);
    assert.deepEqual(possible(['a'], [api.identifier], policy), []);
    assert.deepEqual(possible(['a', 'b'], [api.identifier], policy), ['b']);
  });

  test('X06: whatever is asked for, what is got is of the API, of the policy, and at the same API of the old token', () => {
    const facts = fc.record({
      had: some,
      allowed: fc.option(some, { nil: undefined }),
      requested: fc.option(some, { nil: undefined }),
      same: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, ({ had, allowed, requested, same }) => {
        const subject = { scope: had, audiences: same ? [api.identifier] : [] };
        const policy = allowed === undefined ? {} : { scope: allowed };
        let got: readonly string[] = [];
        try {
          got = exchangedScope({ subject, api, policy, requested });
          if (requested) assert.deepEqual(got, requested);
        } catch (error) {
          assert.match(String(error), /invalid_scope/);
        }
        assert.ok(got.every((scope) => ['a', 'b', 'c', 'x'].includes(scope)));
        assert.ok(got.every((scope) => (allowed ?? had).includes(scope)));
        if (same) assert.ok(got.every((scope) => had.includes(scope)));
      }),
    );
  });
});

describe('what is asked', () => {
  const parse = (extra: Record<string, string | undefined>) => {
    const form = { subject_token: 't', subject_token_type: tokenTypes.accessToken, ...extra };
    return parseExchange(
      new Map(Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    );
  };

  test('a subject and its type, and an access token in return', () => {
    assert.deepEqual(parse({}), {
      subject: { token: 't', type: tokenTypes.accessToken },
      actor: undefined,
      issuedTokenType: tokenTypes.accessToken,
    });
    assert.equal(parse({ requested_token_type: tokenTypes.jwt }).issuedTokenType, tokenTypes.jwt);
  });

  test('RFC 8693 §2.1: each half without the other, and types that are not supported, are refused', () => {
    const refused = [
      { subject_token: undefined },
      { subject_token_type: undefined },
      { subject_token_type: tokenTypes.jwt },
      { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
      { actor_token: 'a' },
      { actor_token_type: tokenTypes.accessToken },
      { actor_token: 'a', actor_token_type: tokenTypes.refreshToken },
      { requested_token_type: tokenTypes.refreshToken },
      { requested_token_type: tokenTypes.idToken },
    ];
    for (const extra of refused) refusalOf('invalid_request', () => parse(extra));
  });
});
