"""Owns signatures: which algorithms there are, and how a key of a JWKS checks one. PyJWT does the arithmetic."""

from __future__ import annotations

from typing import Any, NamedTuple

from jwt.algorithms import get_default_algorithms
from jwt.exceptions import PyJWTError

from .encoding import JsonObject

#: Asymmetric ones alone: with a shared secret an API could write what it verifies.
_KINDS = {
    **{f"{family}{size}": ("RSA", None) for family in ("RS", "PS") for size in (256, 384, 512)},
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}

ALGORITHMS: tuple[str, ...] = tuple(_KINDS)

_LEAST_RSA_BITS = 2048
_implementations = get_default_algorithms()


class VerificationKey(NamedTuple):
    """A public key that belongs to one algorithm: a token's header never chooses it (RFC 8725 section 3.1)."""

    alg: str
    key: Any

    def verify(self, data: bytes, signature: bytes) -> bool:
        return bool(_implementations[self.alg].verify(data, self.key, signature))


def import_key(jwk: JsonObject, alg: str) -> VerificationKey | None:
    """The key of a JWK for an algorithm; None when it isn't for it, or too weak."""
    kty, crv = _KINDS[alg]
    if jwk.get("kty") != kty or (crv is not None and jwk.get("crv") != crv):
        return None
    # Only what makes the key: a private part beside it has no say.
    public = {name: jwk[name] for name in ("kty", "crv", "n", "e", "x", "y") if isinstance(jwk.get(name), str)}
    try:
        key = _implementations[alg].from_jwk(public)
    except (PyJWTError, ValueError, KeyError, TypeError):
        return None
    if kty == "RSA" and key.key_size < _LEAST_RSA_BITS:
        return None
    return VerificationKey(alg, key)
