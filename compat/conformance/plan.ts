// Owns the shape of a plan that the server is examined by.
import type { NewClient } from '../../server/src/domain/clients.ts';
import type { Browser, Visit } from './browser.ts';
import type { Variant } from './suite.ts';

/** The names under which the suite's configuration has applications. */
export type ClientName = 'client' | 'client2' | 'client_secret_post';

/** An application that is known beforehand. */
export interface KnownClient {
  readonly settings: Partial<NewClient>;
  /** It proves itself, and signs what it signs, with a key for this algorithm that is made for the run. */
  readonly keyAlg?: 'PS256' | 'ES256';
  /** What the suite is told of it beside its id, secret and keys. */
  readonly told?: Readonly<Record<string, unknown>>;
}

/** Of the server, with the trailing slash. */
export interface Addresses {
  readonly issuer: string;
  /** Where applications with certificates come to. */
  readonly certificates: string | undefined;
}

export interface Plan {
  /** How it is asked for on the command line. */
  readonly name: string;
  /** The suite's name. */
  readonly plan: string;
  readonly variant: Variant;
  /** `at`: where the suite takes answers, with the trailing slash. None: the suite registers its own. */
  readonly clients?: (at: string) => Partial<Record<ClientName, KnownClient>>;
  readonly browser?: (browser: Browser) => readonly Visit[];
  /** For modules that see something else. */
  readonly overrides?: (browser: Browser) => Readonly<Record<string, readonly Visit[]>>;
  /** Why a module's warning or skipping is as it should be. */
  readonly expected?: Readonly<Record<string, string>>;
  /** Whether applications show certificates, to which their tokens are bound. */
  readonly certificates?: true;
  /** Whether somebody else is asked in each module, who decides as the suite says. */
  readonly people?: true;
  /** Whether applications are receivers of security events. */
  readonly signals?: true;
  /** What else the suite is told. */
  readonly told?: (addresses: Addresses) => Readonly<Record<string, unknown>>;
}
