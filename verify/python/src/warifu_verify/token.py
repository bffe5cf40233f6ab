"""Owns the form of a token: what it is at first sight, its parts, and whether its signature is the issuer's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .encoding import JsonObject, decode_base64url, decode_object
from .errors import VerificationError
from .signatures import VerificationKey

_LONGEST_TOKEN = 16 * 1024

_OPAQUE = (
    "This is no JWT but an opaque token. Ask for a token with the audience of your API: "
    "without one the issuer gives a token for /userinfo alone."
)

#: What other JWTs of an issuer are, by their type.
_KINDS = {
    "logout+jwt": "a logout token",
    "dpop+jwt": "a DPoP proof; it belongs into the header DPoP",
    "secevent+jwt": "a security event",
    "statuslist+jwt": "a status list",
    "revocations+jwt": "a page of the revocation feed",
    "token-introspection+jwt": "an answer of introspection",
}


class ReadToken(NamedTuple):
    header: JsonObject
    claims: JsonObject
    #: What is signed.
    signed: bytes
    #: None where there is none.
    signature: bytes | None


def _parts_of(token: str, longest: int) -> tuple[str, str, str]:
    if len(token) > longest:
        raise VerificationError("malformed", "The token is longer than any access token.")
    if token.startswith("v1."):
        raise VerificationError("wrong_kind", "This is a refresh token; send the access token.")
    parts = token.split(".")
    if len(parts) == 5:
        sentence = "The token is encrypted. Only the API whose key it was encrypted for can read it."
        raise VerificationError("encrypted", sentence)
    if len(parts) != 3:
        raise VerificationError("malformed", _OPAQUE)
    return parts[0], parts[1], parts[2]


def read_token(token: str, *, longest: int = _LONGEST_TOKEN) -> ReadToken:
    """Takes a token apart. Raises malformed, encrypted or wrong_kind."""
    head, body, mark = _parts_of(token, longest)
    header, claims = decode_object(head), decode_object(body)
    if header is None or claims is None:
        raise VerificationError("malformed", _OPAQUE)
    return ReadToken(header, claims, f"{head}.{body}".encode("ascii"), decode_base64url(mark))


def check_header(header: JsonObject, algorithms: Sequence[str]) -> tuple[str, bool]:
    """The ``kid``, and whether the form is RFC 9068's; Auth0's has the plain type.

    Raises wrong_kind, wrong_algorithm, unknown_key or malformed.
    """
    kind = str(header.get("typ", "JWT")).lower().removeprefix("application/")
    if kind not in ("jwt", "at+jwt"):
        what = _KINDS.get(kind, "a token of another kind")
        raise VerificationError("wrong_kind", f"This is {what}; send the access token.")
    alg, kid = header.get("alg"), header.get("kid")
    if not isinstance(alg, str) or alg not in algorithms:
        sentence = f"The token's algorithm is not one of {', '.join(algorithms)}."
        raise VerificationError("wrong_algorithm", sentence)
    if "crit" in header:
        raise VerificationError("malformed", "The token has critical headers, and none is known here.")
    if not isinstance(kid, str):
        raise VerificationError("unknown_key", "The token does not say which key signed it.")
    return kid, kind == "at+jwt"


def check_signature(token: ReadToken, key: VerificationKey) -> None:
    """Raises wrong_algorithm or bad_signature."""
    if token.header.get("alg") != key.alg:
        sentence = "The token's algorithm is not the one that its key is for."
        raise VerificationError("wrong_algorithm", sentence)
    if token.signature is None or not key.verify(token.signed, token.signature):
        sentence = "The token's signature is not the issuer's: it was changed, or forged."
        raise VerificationError("bad_signature", sentence)
