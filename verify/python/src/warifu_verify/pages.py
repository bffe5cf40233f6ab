"""Owns the pages and events of the revocation feed: what they say once they are known to be the issuer's."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeGuard

from .encoding import JsonObject, decode_base64url
from .fingerprints import print_of
from .issuer_keys import IssuerKeys
from .token import check_signature, read_token

_LONGEST_PAGE = 4 * 1024 * 1024
PAGE_TYPE = "revocations+jwt"


class FeedFact(NamedTuple):
    fingerprint: int
    #: Epoch seconds.
    expires: int
    position: int


class FeedNews(NamedTuple):
    position: int
    facts: list[FeedFact]
    complete: bool = False


def _is_position(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _fact_of(entry: Any) -> FeedFact:
    text, expires, position = entry if isinstance(entry, list) and len(entry) == 3 else (None, None, None)
    data = decode_base64url(text) if isinstance(text, str) and len(text) == 16 else None
    if data is None or not _is_position(expires) or not _is_position(position):
        raise ValueError("The feed tells something that is no fact.")
    return FeedFact(print_of(data), expires, position)


def read_news(told: JsonObject) -> FeedNews:
    """What a page or an event tells. Raises ValueError when it isn't told as it must be."""
    position, revoked = told.get("position"), told.get("revoked")
    if not _is_position(position) or not isinstance(revoked, list):
        raise ValueError("The feed tells no position, or no facts.")
    return FeedNews(position, [_fact_of(entry) for entry in revoked])


def read_page(text: str, keys: IssuerKeys, *, issuer: str, now: float, tolerance: float, after: int) -> FeedNews:
    """Reads a signed page. Raises ValueError or VerificationError when it isn't theirs, or no answer.

    ``after`` is the position that was asked for, ``now`` epoch seconds.
    """
    token = read_token(text, longest=_LONGEST_PAGE)
    claims = token.claims
    if token.header.get("typ") != PAGE_TYPE:
        raise ValueError("What the feed answered is no page of it.")
    check_signature(token, keys.find(str(token.header.get("kid"))))
    if claims.get("iss") != issuer:
        raise ValueError("The page is of another issuer.")
    if claims.get("after") != after or isinstance(claims.get("after"), bool):
        raise ValueError("The page is the answer to another question.")
    expires = claims.get("exp")
    if not _is_position(expires) or expires + tolerance <= now:
        raise ValueError("The page has expired.")
    return read_news(claims)._replace(complete=claims.get("complete") is True)
