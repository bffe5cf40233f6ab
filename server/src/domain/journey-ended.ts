// Owns the refusal to go on with a journey that is over.

/** Thrown where a sign-in is asked for that took too long, was completed already, or began in another browser. */
export class JourneyEnded extends Error {
  override name = 'JourneyEnded';
  /** The application that the journey was for, where that is known of this browser. */
  readonly clientId: string | undefined;
  constructor(clientId?: string) {
    super();
    this.clientId = clientId;
  }
}

/** Thrown where the browser shows nothing of the journey that it is asked about: it keeps no cookies. */
export class CookiesMissing extends Error {
  override name = 'CookiesMissing';
}
