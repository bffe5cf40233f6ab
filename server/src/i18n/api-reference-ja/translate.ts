// Owns the Japanese of the Management API's reference: what stands in English in the declarations of its endpoints.
//
// A summary that is made of a verb and a noun (`List roles`, `Create a role`) is composed; all others, and what is told of
// members, are looked up by the English text. A test of the reference says what is missing and what is left over.
import { membersAToR } from './members-a-r.ts';
import { membersSToZ } from './members-s-z.ts';
import { nouns } from './nouns.ts';
import { summaries } from './summaries.ts';

/** What is told of members and parameters, by the English text. */
export const members: Readonly<Record<string, string>> = { ...membersAToR, ...membersSToZ };

const verbs: Readonly<Record<string, (noun: string) => string>> = {
  List: (noun) => `${noun}の一覧を取得する`,
  Create: (noun) => `${noun}を作成する`,
  Read: (noun) => `${noun}を取得する`,
  Change: (noun) => `${noun}を変更する`,
  Set: (noun) => `${noun}を設定する`,
  Replace: (noun) => `${noun}を置き換える`,
  Delete: (noun) => `${noun}を削除する`,
};

/** The noun of a summary that is composed, as `nouns.ts` has it. */
export function nounOf(summary: string): string | undefined {
  const [, noun = ''] = /^[A-Z]\w+ (?:an? |the )?(.+)$/.exec(summary) ?? [];
  return [noun, noun.replace(/s$/, '')].find((form) => Object.hasOwn(nouns, form));
}

/** The Japanese of an endpoint's summary; undefined where there is none. */
export function summaryInJapanese(summary: string): string | undefined {
  const [verb = ''] = summary.split(' ');
  const noun = nounOf(summary);
  return summaries[summary] ?? (noun === undefined ? undefined : verbs[verb]?.(nouns[noun] as string));
}

/** The Japanese of what is told of a member or a parameter; undefined where there is none. */
export function memberInJapanese(description: string): string | undefined {
  return members[description];
}
