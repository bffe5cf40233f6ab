"""Owns what an API answers to a request whose token it doesn't accept (RFC 6750 section 3, RFC 9449 section 7.1)."""

from __future__ import annotations

from typing import NamedTuple

from .errors import VerificationError
from .signatures import ALGORITHMS

_ERRORS = {400: "invalid_request", 403: "insufficient_scope", 503: "temporarily_unavailable"}
_PROOF = ("missing_proof", "invalid_proof")


class Refusal(NamedTuple):
    status: int
    headers: dict[str, str]
    body: dict[str, str]


def _quotable(text: str) -> str:
    """What a header's quoted text may hold (RFC 6750 section 3)."""
    ascii_only = "".join(character for character in text if " " <= character <= "~")
    return ascii_only.replace('"', "'").replace("\\", "/")


def _challenge(error: VerificationError, name: str) -> str:
    description = f'error_description="{_quotable(error.message)}"'
    if error.code in _PROOF:
        return f'DPoP error="{name}", {description}, algs="{" ".join(ALGORITHMS)}"'
    # Who sent no token is told how to, and not that anything was wrong.
    if error.code == "missing_token":
        return "Bearer"
    scope = f', scope="{_quotable(" ".join(error.missing))}"' if error.missing else ""
    return f'Bearer error="{name}", {description}{scope}'


def refusal_of(error: VerificationError) -> Refusal:
    """The answer to an error of ``verify``."""
    name = "invalid_dpop_proof" if error.code in _PROOF else _ERRORS.get(error.status, "invalid_token")
    body = {"error": name, "error_description": error.message}
    headers = {"cache-control": "no-store"}
    headers |= {"retry-after": "1"} if error.status == 503 else {"www-authenticate": _challenge(error, name)}
    return Refusal(error.status, headers, body)
