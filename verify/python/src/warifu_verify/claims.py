"""Owns what an access token must say: who issued it, for whom, for how long (RFC 9068 section 4, and Auth0's form)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from .encoding import JsonObject
from .errors import VerificationError
from .fingerprints import audiences_of


class Expected(NamedTuple):
    issuer: str
    audiences: Sequence[str]
    #: Epoch seconds.
    now: float
    #: Seconds.
    tolerance: float


def _quoted(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value)[:200]


def _is_id_token(claims: JsonObject) -> bool:
    """What only an ID token has: Auth0's access tokens say their application in azp, RFC 9068's in client_id."""
    if "azp" in claims and "scope" in claims:
        return False
    marks = ("nonce", "at_hash", "c_hash")
    return any(name in claims for name in marks) or ("azp" not in claims and "client_id" not in claims)


def _id_token() -> VerificationError:
    return VerificationError("wrong_kind", "This is an ID token; send the access token.")


def _check_audience(claims: JsonObject, expected: Expected) -> None:
    if any(each in expected.audiences for each in audiences_of(claims)):
        return
    if _is_id_token(claims):
        raise _id_token()
    own = expected.audiences[0] if len(expected.audiences) == 1 else list(expected.audiences)
    raise VerificationError(
        "wrong_audience",
        f"The token is for {_quoted(claims.get('aud'))}, and this API is {_quoted(own)}. "
        "Ask for a token with this API's audience.",
    )


def _time_of(value: object) -> float | None:
    """Epoch seconds; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) >= 2**53:
        return None
    return float(value)


def check_expiry(expires: float, now: float, tolerance: float) -> None:
    """Raises expired."""
    if now < expires + tolerance:
        return
    sentence = f"The token expired {int(now - expires)} seconds ago. Get a new one with the refresh token."
    raise VerificationError("expired", sentence)


def _check_times(claims: JsonObject, expected: Expected) -> float:
    expires = _time_of(claims.get("exp"))
    if expires is None:
        raise VerificationError("malformed", "The token does not say when it expires.")
    check_expiry(expires, expected.now, expected.tolerance)
    for name in ("nbf", "iat"):
        begins = _time_of(claims.get(name))
        if name in claims and (begins is None or begins > expected.now + expected.tolerance):
            sentence = "The token is not valid yet. Is the clock of this server right?"
            raise VerificationError("not_yet_valid", sentence)
    return expires


def check_claims(claims: JsonObject, *, is_rfc9068: bool, expected: Expected) -> float:
    """The time of expiry. Raises wrong_issuer, wrong_kind, wrong_audience, expired, not_yet_valid or malformed."""
    if claims.get("iss") != expected.issuer:
        sentence = f"The token's issuer is {_quoted(claims.get('iss'))}, not {_quoted(expected.issuer)}."
        raise VerificationError("wrong_issuer", sentence)
    if "events" in claims:
        raise VerificationError("wrong_kind", "This is a logout token; send the access token.")
    _check_audience(claims, expected)
    if not is_rfc9068 and _is_id_token(claims):
        raise _id_token()
    lacking = [name for name in ("sub", "client_id", "jti", "iat") if is_rfc9068 and name not in claims]
    if lacking:
        raise VerificationError("malformed", f"The token lacks {', '.join(lacking)} (RFC 9068 section 2.2).")
    return _check_times(claims, expected)


def check_scope(claims: JsonObject, scopes: Sequence[str], permissions: Sequence[str]) -> None:
    """Raises insufficient_scope."""
    scope, allowed = claims.get("scope"), claims.get("permissions")
    given = scope.split(" ") if isinstance(scope, str) else []
    missing = [name for name in scopes if name not in given]
    missing += [name for name in permissions if not isinstance(allowed, list) or name not in allowed]
    if missing:
        sentence = f"The token does not allow {' '.join(missing)}."
        raise VerificationError("insufficient_scope", sentence, missing=missing)
