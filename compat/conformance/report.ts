// Owns what is told of a run: each module's outcome with what was wrong, and a table at the end.
import type { LogEntry, ModuleInfo, PlanModule, Result } from './suite.ts';

export interface Outcome {
  /** Our name of the plan. */
  readonly plan: string;
  readonly module: PlanModule;
  readonly status: ModuleInfo['status'];
  readonly result: Result;
  readonly log: readonly LogEntry[];
  /** Why a warning or a skipping is as it should be. */
  readonly expected: string | undefined;
  /** Where the log is read. */
  readonly page: string;
}

/** Whether somebody must look at it. */
export function isBad({ status, result, expected }: Outcome): boolean {
  if (status !== 'FINISHED' || result === 'FAILED' || result === 'UNKNOWN') return true;
  return result === 'WARNING' && expected === undefined;
}

/** What says nothing new, or at great length. */
const noDetails = new Set([
  ...['_id', '_class', 'src', 'msg', 'result', 'requirements', 'time', 'testId', 'testName', 'testOwner', 'blockId'],
  ...['stacktrace', 'page_source', 'current_dom', 'content_type', 'caught_at', 'error_class', 'commands'],
]);

function details(entry: LogEntry): string {
  const told = Object.entries(entry).filter(([name]) => !noDetails.has(name));
  return told.map(([name, value]) => `      ${name}: ${JSON.stringify(value).slice(0, 200)}`).join('\n');
}

export function printOutcome(outcome: Outcome): void {
  const { module, status, result, log, page, plan, expected } = outcome;
  const variant = Object.values(module.variant ?? {}).join(' ');
  const state = status === 'FINISHED' ? result : `${status} ${result}`;
  console.log(`${state.padEnd(8)} ${plan} ${module.testModule} [${variant}]${result === 'PASSED' ? '' : ` ${page}`}`);
  const wrong = log.filter((entry) => ['FAILURE', 'WARNING', 'INTERRUPTED'].includes(entry.result ?? ''));
  if (expected !== undefined && result !== 'PASSED') console.log(`    As expected: ${expected}`);
  for (const entry of wrong) {
    console.log(`    ${entry.result} ${entry.src}: ${entry.msg ?? ''} ${(entry.requirements ?? []).join(' ')}`);
    const more = details(entry);
    if (more) console.log(more);
  }
}

const columns: readonly Result[] = ['PASSED', 'WARNING', 'REVIEW', 'SKIPPED', 'FAILED', 'UNKNOWN'];

export function printTable(outcomes: readonly Outcome[]): void {
  const row = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  row(['plan', ...columns.map((column) => column.toLowerCase())]);
  row(['---', ...columns.map(() => '--:')]);
  for (const [plan, own] of Map.groupBy(outcomes, (outcome) => outcome.plan)) {
    row([plan, ...columns.map((column) => String(own.filter(({ result }) => result === column).length))]);
  }
}
