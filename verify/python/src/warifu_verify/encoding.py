"""Owns base64url and JSON as they stand in JWTs: read strictly, since every byte is hostile."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NoReturn

JsonObject = dict[str, Any]

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def decode_base64url(text: str) -> bytes | None:
    """The bytes of a base64url text without padding; None for anything else (RFC 7515 section 2)."""
    if not _ALPHABET.fullmatch(text) or len(text) % 4 == 1:
        return None
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None


def encode_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON.")


def parse_object(text: str) -> JsonObject | None:
    """A JSON object; None for anything else."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def decode_object(text: str) -> JsonObject | None:
    """The JSON object in a part of a JWT; None for anything else."""
    data = decode_base64url(text)
    if data is None:
        return None
    try:
        return parse_object(data.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def copy_json(value: Any) -> Any:
    """A copy that shares nothing that can be changed."""
    if isinstance(value, dict):
        return {name: copy_json(part) for name, part in value.items()}
    if isinstance(value, list):
        return [copy_json(part) for part in value]
    return value
