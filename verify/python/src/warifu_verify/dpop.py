"""Owns DPoP: that who sends a token holds the key that it is bound to (RFC 9449 section 4.3)."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .encoding import JsonObject, decode_base64url, decode_object, encode_base64url
from .errors import VerificationError
from .signatures import ALGORITHMS, import_key

_WINDOW = 60
_MOST_SEEN = 200_000
_LONGEST_PROOF = 8 * 1024
_PORTS = {"https": 443, "http": 80}


class DpopRequest(NamedTuple):
    """The request that a proof was sent with."""

    method: str
    #: As the application called it.
    url: str
    #: The header DPoP.
    proof: str | None


def _invalid(what: str) -> VerificationError:
    return VerificationError("invalid_proof", f"The DPoP proof {what}.")


class _SeenProofs:
    """Each is good once. Two halves of a window, of which the older is forgotten as a whole."""

    def __init__(self) -> None:
        self._young: set[str] = set()
        self._old: set[str] = set()
        self._turned_at = 0.0
        self._lock = threading.Lock()

    def add(self, name: str, now: float, kept: float) -> bool:
        """False when it was seen before. ``kept`` in seconds."""
        with self._lock:
            if now - self._turned_at > kept or len(self._young) >= _MOST_SEEN:
                self._old = set() if now - self._turned_at > kept * 2 else self._young
                self._young, self._turned_at = set(), now
            if name in self._young or name in self._old:
                return False
            self._young.add(name)
            return True


_THUMBPRINT_MEMBERS = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}


def _thumbprint(jwk: JsonObject) -> str:
    """RFC 7638."""
    members = {name: jwk.get(name) for name in _THUMBPRINT_MEMBERS.get(str(jwk.get("kty")), ())}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return encode_base64url(hashlib.sha256(text.encode()).digest())


def _address(text: object) -> str | None:
    """Without query and fragment, and as URLs are written (section 4.3)."""
    try:
        url = urlsplit(text) if isinstance(text, str) else None
        if url is None or url.scheme not in _PORTS or not url.hostname:
            return None
        port = "" if url.port in (None, _PORTS[url.scheme]) else f":{url.port}"
        return f"{url.scheme}://{url.hostname}{port}{url.path or '/'}"
    except ValueError:
        return None


def _parts_of(proof: str | None) -> tuple[JsonObject, JsonObject, bytes, bytes]:
    if not proof:
        sentence = "The token is bound to a key: send a DPoP proof with it, in the header DPoP."
        raise VerificationError("missing_proof", sentence)
    parts = proof.split(".") if len(proof) <= _LONGEST_PROOF else []
    if len(parts) != 3:
        raise _invalid("is no JWT")
    header, claims, signature = decode_object(parts[0]), decode_object(parts[1]), decode_base64url(parts[2])
    if header is None or claims is None or not signature:
        raise _invalid("is no JWT")
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), signature


def _public_key(header: JsonObject) -> JsonObject:
    jwk: Any = header.get("jwk")
    if header.get("typ") != "dpop+jwt":
        raise _invalid("is a token of another kind")
    if header.get("alg") not in ALGORITHMS:
        raise _invalid("has an algorithm that is not allowed")
    if not isinstance(jwk, dict) or "d" in jwk or "k" in jwk:
        raise _invalid("has no public key")
    return jwk


class DpopVerifier:
    def __init__(self) -> None:
        self._seen = _SeenProofs()

    def check(self, request: DpopRequest, *, token: str, jkt: str, now: float, tolerance: float) -> None:
        """Checks a proof for a token that is bound to a key of this thumbprint. Raises missing_proof, invalid_proof."""
        header, claims, signed, signature = _parts_of(request.proof)
        jwk = _public_key(header)
        if _thumbprint(jwk) != jkt:
            raise _invalid("is of another key than the token is bound to")
        key = import_key(jwk, header["alg"])
        if key is None:
            raise _invalid("has a key that its algorithm cannot use")
        if not key.verify(signed, signature):
            raise _invalid("is not signed by its key")
        self._check_claims(claims, request, token=token, now=now, tolerance=tolerance)
        # The window reaches to both sides of now.
        if not self._seen.add(f"{jkt} {claims['jti']}", now, (_WINDOW + tolerance) * 2):
            raise _invalid("was used before")

    @staticmethod
    def _check_claims(claims: JsonObject, request: DpopRequest, *, token: str, now: float, tolerance: float) -> None:
        if claims.get("htm") != request.method:
            raise _invalid("is for another method")
        address = _address(claims.get("htu"))
        if address is None or address != _address(request.url):
            raise _invalid("is for another address")
        issued, jti = claims.get("iat"), claims.get("jti")
        if (
            not isinstance(issued, (int, float))
            or isinstance(issued, bool)
            or abs(issued) > 2**53
            or abs(now - issued) > _WINDOW + tolerance
        ):
            raise _invalid("is not of this minute")
        if claims.get("ath") != encode_base64url(hashlib.sha256(token.encode()).digest()):
            raise _invalid("is for another token")
        if not isinstance(jti, str) or not 0 < len(jti) <= 200:
            raise _invalid("has no id")
