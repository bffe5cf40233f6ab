// Owns what a resource is of which there is one: settings that are read, and changed.
import type { Singleton } from '#domain/records';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { answerOf } from './answers.ts';
import { type Call, type Endpoint, endpoint } from './resource.ts';
import type { Schema } from './schema.ts';
import { type MemberPath, sealMembers, withoutMembers } from './secret-members.ts';

export interface Settings<B extends object> {
  /** Below /api/v2. */
  readonly path: string;
  /** What they are called in the reference. */
  readonly noun: string;
  readonly scopes: { readonly read: readonly string[]; readonly update: readonly string[] };
  readonly store: Singleton<B>;
  readonly body: Schema;
  /** PATCH merges what is sent in; PUT takes it for the whole. */
  readonly methods: readonly ('PATCH' | 'PUT')[];
  /** What is sealed and never shown. */
  readonly secrets?: readonly MemberPath[];
  /** Members that a PATCH replaces as a whole instead of merging. */
  readonly replaced?: readonly string[];
  /** Another way to make of them what they become. Throws ApiError. */
  readonly merge?: (before: B, sent: JsonObject) => JsonObject;
  readonly shown?: (body: B, call: Call) => unknown;
  readonly fields?: boolean;
}

/** Changes settings as PATCH does, or PUT, and returns what callers may see of them. */
async function changeSettings<B extends object>(s: Settings<B>, call: Call, method: 'PATCH' | 'PUT'): Promise<unknown> {
  const sent = sealMembers(call.ctx, call.body as JsonObject, s.secrets ?? []);
  call.change.before = await s.store.read(call.ctx);
  const after = await s.store.change(call.ctx, (before) => {
    if (s.merge) return s.merge(before, sent) as B;
    return mergePatch(method === 'PUT' ? {} : (before as JsonObject), sent, s.replaced) as B;
  });
  call.change.after = after;
  return show(s, after, call);
}

function show<B extends object>({ shown, secrets = [] }: Settings<B>, body: B, call: Call): unknown {
  return shown ? shown(body, call) : withoutMembers(body as JsonObject, secrets);
}

/** The endpoints of settings. */
export function settings<B extends object>(s: Settings<B>): readonly Endpoint[] {
  const { path, noun, fields } = s;
  const answer = answerOf(noun, [s.body]);
  return [
    endpoint({
      method: 'GET',
      path,
      summary: `Read the ${noun}`,
      scopes: s.scopes.read,
      fields,
      answer,
      run: async (call) => show(s, await s.store.read(call.ctx), call),
    }),
    ...s.methods.map((method) =>
      endpoint({
        method,
        path,
        summary: `${method === 'PUT' ? 'Set' : 'Change'} the ${noun}`,
        scopes: s.scopes.update,
        body: s.body,
        answer,
        run: (call) => changeSettings(s, call, method),
      }),
    ),
  ];
}
