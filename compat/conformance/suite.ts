// Owns the conversation with a running conformance suite of the OpenID Foundation: its REST API, in devmode.
import { setTimeout as sleep } from 'node:timers/promises';

/** What chooses among a module's shapes, such as the response type. */
export type Variant = Readonly<Record<string, string>>;

export interface PlanModule {
  readonly testModule: string;
  /** Null where there is nothing to choose. */
  readonly variant: Variant | null;
}

export type Result = 'PASSED' | 'WARNING' | 'REVIEW' | 'SKIPPED' | 'FAILED' | 'UNKNOWN';

export interface ModuleInfo {
  readonly status: 'CREATED' | 'CONFIGURED' | 'WAITING' | 'RUNNING' | 'FINISHED' | 'INTERRUPTED';
  readonly result?: Result | null;
}

/** A line of a module's log. What went wrong has a `result`. */
export interface LogEntry {
  readonly src: string;
  readonly msg?: string;
  readonly result?: string;
  readonly requirements?: readonly string[];
  readonly [detail: string]: unknown;
}

/** What is done for a module, outside of it. */
export type Step = () => Promise<void>;

export interface Steps {
  /** What must be done before it starts, if it waits for that. */
  readonly first?: Step;
  /** What is done again and again while it runs. */
  readonly meanwhile?: Step;
}

/** Long enough for the modules that wait for a minute by themselves. */
const mostMs = 240_000;

export class Suite {
  readonly #base: URL;

  /** `base`: the address under which the suite is reached, and under which it expects to be called back. */
  constructor(base: URL) {
    this.#base = base;
  }

  /** Where the suite takes the answers of a test with this alias, with the trailing slash. */
  callbacks(alias: string): string {
    return new URL(`test/a/${alias}/`, this.#base).href;
  }

  async #call<T>(method: string, path: string, query: Record<string, string> = {}, body?: unknown): Promise<T> {
    const url = new URL(`api/${path}`, this.#base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers: { 'content-type': 'application/json' }, ...init });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url.pathname}: ${response.status} ${text.slice(0, 500)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Whether a suite answers there. */
  async answers(): Promise<boolean> {
    return this.#call('GET', 'plan/available').then(
      () => true,
      () => false,
    );
  }

  /** The names of all modules that a plan may have. */
  async modulesOf(plan: string): Promise<readonly string[]> {
    const { modules } = await this.#call<{ modules: PlanModule[] }>('GET', `plan/info/${plan}`);
    return [...new Set(modules.map(({ testModule }) => testModule))];
  }

  /** Makes a plan; resolves to its id and its modules, those that the variants leave out excepted. */
  async createPlan(name: string, variant: Variant, config: unknown): Promise<{ id: string; modules: PlanModule[] }> {
    return this.#call('POST', 'plan', { planName: name, variant: JSON.stringify(variant) }, config);
  }

  /** Runs one module to its end. Resolves to its id and outcome. */
  async run(
    plan: string,
    module: PlanModule,
    { first, meanwhile }: Steps = {},
  ): Promise<{ id: string; info: ModuleInfo }> {
    const { testModule, variant } = module;
    const query = { test: testModule, plan, variant: JSON.stringify(variant ?? {}) };
    const { id } = await this.#call<{ id: string }>('POST', 'runner', query);
    const until = Date.now() + mostMs;
    let started = false;
    for (;;) {
      const info = await this.#call<ModuleInfo>('GET', `info/${id}`);
      if (info.status === 'FINISHED' || info.status === 'INTERRUPTED') return { id, info };
      if (info.status === 'CONFIGURED' && first && !started) {
        started = true;
        await first();
        await this.#call('POST', `runner/${id}`);
      }
      if (Date.now() > until) {
        await this.#call('DELETE', `runner/${id}`);
        return { id, info: { status: 'INTERRUPTED', result: info.result ?? 'UNKNOWN' } };
      }
      if (info.status === 'RUNNING' || info.status === 'WAITING') await meanwhile?.();
      await sleep(300);
    }
  }

  async log(id: string): Promise<readonly LogEntry[]> {
    return this.#call('GET', `log/${id}`);
  }

  /** Where a person reads a module's log. */
  page(id: string): string {
    return new URL(`log-detail.html?log=${id}`, this.#base).href;
  }
}
