"""Owns what a verifier is told, and whether it makes sense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from .signatures import ALGORITHMS

_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")


def issuer_of(text: str) -> str:
    """The issuer as it writes itself: with a slash at its end. Raises ValueError."""
    url = urlsplit(text)
    if not url.hostname or url.scheme not in ("https", "http") or url.query or url.fragment or url.username:
        raise ValueError("A verifier needs the address of the issuer, such as https://login.example.com/.")
    if url.scheme != "https" and not _LOOPBACK.fullmatch(url.hostname):
        raise ValueError(f"The issuer {text} must be https: keys that come over plain http are anybody's.")
    return text if text.endswith("/") else f"{text}/"


def audiences_of(audience: str | Sequence[str]) -> tuple[str, ...]:
    """What tokens must be for. Raises ValueError when there is nothing."""
    audiences = (audience,) if isinstance(audience, str) else tuple(audience)
    if not audiences or not all(audiences):
        raise ValueError("A verifier needs an audience: the identifier of this API.")
    return audiences


def algorithms_of(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The algorithms that are accepted. Raises ValueError for one that cannot be."""
    unknown = [name for name in wanted or () if name not in ALGORITHMS]
    if unknown:
        raise ValueError(f"{', '.join(unknown)} cannot be verified here. There are {', '.join(ALGORITHMS)}.")
    return ALGORITHMS if wanted is None else tuple(wanted)


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """Raises ValueError."""
    if value not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}.")
    return value
