// Owns what there is to read in a token, and the sentence when there is nothing.
import { invalid, misused } from '../refused.ts';
import type { JwtTexts } from './texts/en.ts';
import type { EncryptedToken, Problem, SignedToken, Token } from './token.ts';

function problemSentence(problem: Problem, { broken, parts }: JwtTexts): string {
  if (problem.kind === 'part') return broken.part[problem.problem](parts[problem.part]);
  return problem.kind === 'parts' ? broken.parts(problem.count) : broken[problem.kind];
}

/** The token, if there is something to read in it. Throws the sentence that says why there is not. */
export function readable(token: Token, texts: JwtTexts): SignedToken | EncryptedToken {
  if (token.form === 'jws' || token.form === 'jwe') return token;
  if (token.form !== 'broken') throw invalid(texts.broken[token.form]);
  throw (token.problem.kind === 'empty' ? misused : invalid)(problemSentence(token.problem, texts));
}
