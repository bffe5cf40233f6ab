// Owns the page of a screen that asks for something: its title, what is wrong, and the form.
import { type Html, html } from '#http/html';
import { type ApplicationView, applicationLinks, applicationLogo, heading } from './components.ts';
import { form, problemSummary } from './fields.ts';
import { type PageView, page } from './layout.ts';
import { describeProblem, type Problem, type ProblemText } from './problem.ts';

export interface FormPageView extends PageView {
  readonly state: string;
  readonly application: ApplicationView;
  readonly problem?: Problem | undefined;
}

interface Texts {
  readonly title: string;
  lede(application: string): string;
}

/** The page; `content` is handed the problem in words, for the field that it is about. */
export function formPage(view: FormPageView, texts: Texts, content: (problem: ProblemText) => Html): Html {
  const { t, state, application, problem } = view;
  const inWords = problem ? describeProblem(problem, t) : {};
  return page(
    view,
    problem ? t.common.problemTitle(texts.title) : texts.title,
    html`${applicationLogo(application)}
${heading(texts.title, texts.lede(application.name))}
${form(
  state,
  html`${problemSummary(inWords)}
${content(inWords)}
${applicationLinks(application, t)}`,
)}`,
  );
}
