// Owns what the suite's browser does on our pages: it signs in, allows, and confirms that it wants to log out.
import { password } from '../person.ts';

type Command = readonly (string | number)[];

/** Commands for a page; an optional task is passed over where the browser is on another page. */
export interface Task {
  readonly task: string;
  readonly match?: string;
  readonly optional?: boolean;
  readonly commands?: readonly Command[];
}

/** What is done with an address that the suite's browser opens; `match` knows `*`. */
export interface Visit {
  readonly match: string;
  /** How often this is used before the next that matches is. */
  readonly 'match-limit'?: number;
  readonly tasks: readonly Task[];
}

export const email = 'alice@example.com';
/** Who has never allowed anything. */
export const stranger = 'bob@example.com';

const press = (action: string): Command => ['click', 'css', `button[name=action][value=${action}]`];
const type = (name: string, value: string): Command => ['text', 'name', name, value];
/** Shows the page to who reviews the results, once the module asked to see one. */
const show = (text: string): Command => ['wait', 'xpath', '//*', 10, text, 'update-image-placeholder'];
const showIfAsked = (text: string): Command => ['wait', 'xpath', '//*', 10, text, 'update-image-placeholder-optional'];

/** Both addresses have their trailing slash. */
export interface Places {
  /** Where our pages are. */
  readonly issuer: string;
  /** Where the suite takes answers. */
  readonly callbacks: string;
}

export class Browser {
  readonly #issuer: string;
  readonly #arrived: Task;

  constructor({ issuer, callbacks }: Places) {
    this.#issuer = issuer;
    this.#arrived = {
      task: 'Arrive at the application',
      match: `${callbacks}callback*`,
      commands: [['wait', 'id', 'submission_complete', 10]],
    };
  }

  #screen(task: string, path: string, commands: readonly Command[]): Task {
    return { task, optional: true, match: `${this.#issuer}${path}*`, commands };
  }

  #signInTasks(seen: readonly Command[] = [], who = email): readonly Task[] {
    return [
      this.#screen('Say who', 'u/login/identifier', [...seen, type('username', who), press('default')]),
      this.#screen('Prove it', 'u/login/password', [...seen, type('password', password), press('default')]),
      this.#screen('Allow', 'u/consent', [press('accept')]),
    ];
  }

  #authorize(tasks: readonly Task[]): Visit {
    return { match: `${this.#issuer}authorize*`, tasks };
  }

  #logout(tasks: readonly Task[]): Visit {
    return { match: `${this.#issuer}oidc/logout*`, tasks };
  }

  /** Signs in if asked. */
  signIn(): Visit {
    return this.#authorize([...this.#signInTasks(), this.#arrived]);
  }

  /** Signs in as often as asked; the second time, the page is shown to the reviewer. */
  signInAgain(): Visit {
    return this.#authorize([...this.#signInTasks([showIfAsked('(?i)log in|password')]), this.#arrived]);
  }

  /** Signs in, but allows nothing. */
  deny(): Visit {
    const tasks = this.#signInTasks([], stranger).filter(({ task }) => task !== 'Allow');
    return this.#authorize([...tasks, this.#screen('Deny', 'u/consent', [press('deny')]), this.#arrived]);
  }

  /** Looks at the first page and goes away; the next time, it signs in. */
  signInAtSecondSight(): readonly Visit[] {
    const seen: Command = ['wait', 'name', 'username', 10];
    const look: Task = { task: 'Look', match: `${this.#issuer}u/login/*`, commands: [seen] };
    return [{ ...this.#authorize([look]), 'match-limit': 1 }, this.signIn()];
  }

  /** Signs in, and ends where we ask for permission, on a page that holds such an element. */
  permissionShows(xpath: string): Visit {
    const shown: Command = ['wait', 'xpath', `//body[.${xpath}]`, 10, '.', 'update-image-placeholder'];
    const tasks = this.#signInTasks().filter(({ task }) => task !== 'Allow');
    return this.#authorize([...tasks, { task: 'See', match: `${this.#issuer}u/consent*`, commands: [shown] }]);
  }

  /** Arrives at the application, or ends at our page that refuses. */
  signInUnlessRefused(text: string): Visit {
    const refused = this.#screen('Be refused', 'authorize', [showIfAsked(text)]);
    return this.#authorize([refused, ...this.#signInTasks(), { ...this.#arrived, optional: true }]);
  }

  /** Ends at our page, which shows what was expected (a regular expression). */
  authorizeShows(text: string): Visit {
    return this.#authorize([{ task: 'See the page', match: `${this.#issuer}*`, commands: [show(text)] }]);
  }

  #confirmed(): Task {
    return { task: 'Confirm', optional: true, match: `${this.#issuer}*logout*`, commands: [press('logout')] };
  }

  /** Logs out, confirming it if asked, and arrives at the application. */
  logOut(): Visit {
    // The page goes on by itself, but with modules that the suite's browser doesn't know.
    const goOn = this.#screen('Go on', 'u/logged-out', [['click', 'id', 'go-on']]);
    return this.#logout([this.#confirmed(), goOn, { task: 'Arrive at the application', match: '*/test/*/post*' }]);
  }

  /** Logs out, and ends at a page of ours. */
  logOutShows(text: string): Visit {
    return this.#logout([
      this.#confirmed(),
      { task: 'See the page', match: `${this.#issuer}*`, commands: [show(text)] },
    ]);
  }

  /** What is asked of us is refused, or at least not done without asking. */
  logOutStops(text: string): Visit {
    return this.#logout([{ task: 'See the page', match: `${this.#issuer}*`, commands: [show(text)] }]);
  }
}
