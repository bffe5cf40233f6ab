// Owns who acts for somebody else (RFC 8693 §4.1).

/** The `act` claim; a chain, the newest actor outermost. */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}
