"""Owns what a token is known by in the revocation feed: its position, and the fingerprints of the facts that end it."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from .encoding import JsonObject

_FORM = re.compile(r"([A-Za-z0-9_-]+)\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]+)")


class TokenParts(NamedTuple):
    authorization: str | None
    position: int
    subject: str


def parts_of(jti: object) -> TokenParts:
    """What a ``jti`` says; one of another form says nothing, and any fact ends its token."""
    found = _FORM.fullmatch(jti) if isinstance(jti, str) else None
    if not found:
        return TokenParts(None, 0, "")
    authorization, position, subject, _ = found.groups()
    return TokenParts(authorization, int(position, 36), subject)


def audiences_of(claims: JsonObject) -> list[str]:
    audience = claims.get("aud")
    every = audience if isinstance(audience, list) else [audience]
    return [each for each in every if isinstance(each, str)]


def texts_of(claims: JsonObject) -> list[str]:
    """The texts whose fingerprints end a token when they are in the feed after its position."""
    jti, sid = claims.get("jti"), claims.get("sid")
    authorization, _, subject = parts_of(jti)
    client = next((each for each in (claims.get("client_id"), claims.get("azp")) if isinstance(each, str)), None)
    audiences = audiences_of(claims)
    texts = [f"audience:{each}" for each in audiences]
    if isinstance(jti, str):
        texts.append(f"token:{jti}")
    if authorization is not None:
        texts.append(f"authorization:{authorization}")
    if isinstance(sid, str):
        texts.append(f"session:{sid}")
    if client is not None:
        texts += [f"client:{client}", *(f"client-audience:{client} {each}" for each in audiences)]
    if subject:
        texts += [f"user:{subject}", *(f"user-audience:{subject} {each}" for each in audiences)]
        if client is not None:
            texts.append(f"user-client:{subject} {client}")
    return texts


def print_of(data: bytes) -> int:
    """Of bytes that begin with a fingerprint: 64 of its 96 bits are plenty to look one up."""
    return int.from_bytes(data[:8], "big")


def fingerprint_of(text: str) -> int:
    return print_of(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
