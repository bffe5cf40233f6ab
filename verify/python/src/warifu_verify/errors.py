"""Owns why a token is refused: codes for programs, sentences for people, and the status that an API answers with."""

from __future__ import annotations

from collections.abc import Sequence

#: The status of each code (RFC 6750 section 3.1, RFC 9449 section 7.1).
STATUSES = {
    "missing_token": 401,
    "ambiguous_token": 400,
    "malformed": 401,
    "encrypted": 401,
    "wrong_kind": 401,
    "wrong_algorithm": 401,
    "unknown_key": 401,
    "bad_signature": 401,
    "wrong_issuer": 401,
    "wrong_audience": 401,
    "expired": 401,
    "not_yet_valid": 401,
    "revoked": 401,
    "missing_proof": 401,
    "invalid_proof": 401,
    "missing_certificate": 401,
    "insufficient_scope": 403,
    "feed_stale": 503,
    "no_feed": 503,
    "issuer_unreachable": 503,
}


class VerificationError(Exception):
    """Why a token was not accepted. The message is for people, and never repeats the token."""

    code: str
    #: The HTTP status that an API answers with.
    status: int
    #: For insufficient_scope: what is lacking.
    missing: tuple[str, ...]

    def __init__(self, code: str, message: str, *, missing: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.status = STATUSES[code]
        self.missing = tuple(missing)

    @property
    def message(self) -> str:
        return str(self.args[0])
