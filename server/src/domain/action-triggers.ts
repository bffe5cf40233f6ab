// Owns the triggers: the moments at which actions run, with Auth0's names and versions.

const current = ['node18-actions', 'node22'];

interface TriggerVersion {
  readonly version: string;
  readonly status: 'CURRENT' | 'DEPRECATED';
  readonly runtimes: readonly string[];
  readonly default_runtime: string;
  readonly compatible_triggers?: readonly { readonly id: string; readonly version: string }[];
}

const first: TriggerVersion = { version: 'v1', status: 'DEPRECATED', runtimes: ['node22'], default_runtime: 'node12' };
const second: TriggerVersion = { version: 'v2', status: 'CURRENT', runtimes: current, default_runtime: 'node22' };
const only: TriggerVersion = { version: 'v1', status: 'CURRENT', runtimes: current, default_runtime: 'node22' };
const newest: TriggerVersion = { ...only, runtimes: ['node22'] };

interface Trigger {
  readonly id: string;
  /** Bound by administrators to the trigger, or by the thing that it belongs to. */
  readonly binding_policy: 'trigger-bound' | 'entity-bound';
  readonly versions: readonly TriggerVersion[];
}

const bound = (id: string, ...versions: TriggerVersion[]): Trigger => ({
  id,
  binding_policy: 'trigger-bound',
  versions,
});
const owned = (id: string, ...versions: TriggerVersion[]): Trigger => ({
  id,
  binding_policy: 'entity-bound',
  versions,
});

const triggers: readonly Trigger[] = [
  bound(
    'post-login',
    { ...second, version: 'v3', compatible_triggers: [{ id: 'post-login', version: 'v2' }] },
    { ...first, version: 'v2', runtimes: ['node18', 'node22'], default_runtime: 'node16' },
    first,
  ),
  bound('credentials-exchange', second, first),
  bound('pre-user-registration', second, first),
  bound('post-user-registration', second, first),
  bound('post-change-password', second, first),
  bound('send-phone-message', second, first),
  bound('password-reset-post-challenge', only),
  bound('login-post-identifier', newest),
  bound('signup-post-identifier', newest),
  bound('post-credential-validation', newest),
  bound('custom-phone-provider', only),
  bound('custom-email-provider', only),
  owned('custom-token-exchange', { ...only, runtimes: ['node18', 'node22'] }),
  owned('event-stream', newest),
  owned('password-hash-migration', newest),
  owned('mcp-tool', newest),
];

export const triggerNames: readonly string[] = triggers.map(({ id }) => id);

/** Every version of every trigger. */
export const triggerVersions = triggers.flatMap(({ id, binding_policy, versions }) =>
  versions.map(({ compatible_triggers = [], ...version }) => ({ id, ...version, binding_policy, compatible_triggers })),
);

/** What code for a trigger runs in unless it says otherwise; of the current version unless another is named. */
export function defaultRuntime({ id, version }: { readonly id: string; readonly version?: string }): string {
  const versions = triggerVersions.filter((trigger) => trigger.id === id);
  const named = versions.find((trigger) => trigger.version === version);
  return (named ?? versions[0])?.default_runtime ?? 'node22';
}
