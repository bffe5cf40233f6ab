"""Owns what is known of the issuer: its metadata and its keys, fetched when they are needed and seldom again."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from http.client import HTTPException

from .encoding import JsonObject, parse_object
from .errors import VerificationError
from .http import Fetch, read_text
from .signatures import ALGORITHMS, VerificationKey, import_key

#: A ``kid`` that nobody knows makes the keys be read again, but no more often than this.
_AGAIN_AFTER = 10.0
#: Keys that were taken away are forgotten within this time; what revokes one at once is the feed.
_REFRESH_AFTER = 15 * 60.0
_WITHIN = 5.0
_LONGEST_ANSWER = 1024 * 1024
_NEVER = float("-inf")


class IssuerKeys:
    def __init__(self, issuer: str, fetch: Fetch, algorithms: Sequence[str] = ALGORITHMS) -> None:
        """``issuer`` with a slash at its end, as it writes itself."""
        self._issuer = issuer
        self._fetch = fetch
        self._algorithms = algorithms
        self._metadata: JsonObject | None = None
        self._keys: dict[str, VerificationKey] = {}
        self._reading = threading.Lock()
        self._read_at = _NEVER
        self._tried_at = _NEVER

    def _json(self, url: str) -> JsonObject:
        text = read_text(self._fetch(url, {"accept": "application/json"}, _WITHIN), _LONGEST_ANSWER)
        value = parse_object(text)
        if value is None:
            raise ValueError(f"{url} is no JSON object.")
        return value

    def _unreachable(self) -> VerificationError:
        sentence = f"The issuer {self._issuer} cannot be reached for its keys. Check the address, and the network."
        return VerificationError("issuer_unreachable", sentence)

    def metadata(self) -> JsonObject:
        """Raises issuer_unreachable."""
        if self._metadata is None:
            try:
                self._metadata = self._read_metadata()
            except (OSError, ValueError, HTTPException) as cause:
                raise self._unreachable() from cause
        return self._metadata

    def _read_metadata(self) -> JsonObject:
        metadata = self._json(f"{self._issuer}.well-known/openid-configuration")
        # OpenID Connect Discovery section 4.3: another's metadata would bring another's keys.
        if metadata.get("issuer") != self._issuer:
            raise ValueError(f"The metadata of {self._issuer} is that of {metadata.get('issuer')!r}.")
        if not isinstance(metadata.get("jwks_uri"), str):
            raise ValueError(f"The metadata of {self._issuer} has no jwks_uri.")
        return metadata

    def _read(self) -> None:
        listed = self._json(self.metadata()["jwks_uri"]).get("keys")
        if not isinstance(listed, list):
            raise ValueError(f"The keys of {self._issuer} are no JWKS.")
        found: dict[str, VerificationKey] = {}
        for jwk in listed:
            if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or jwk.get("use", "sig") != "sig":
                continue
            own = jwk.get("alg")
            alg = next(
                (name for name in ([own] if isinstance(own, str) else ALGORITHMS) if name in self._algorithms), None
            )
            key = alg and import_key(jwk, alg)
            if key:
                found[jwk["kid"]] = key
        self._keys, self._read_at = found, time.monotonic()

    def read(self) -> None:
        """Reads the keys again, once for all who ask meanwhile. Raises issuer_unreachable."""
        asked_at = time.monotonic()
        with self._reading:
            if self._read_at >= asked_at:
                return
            self._tried_at = time.monotonic()
            try:
                self._read()
            except (OSError, ValueError, HTTPException) as cause:
                raise self._unreachable() from cause

    def _read_or_not(self) -> None:
        with contextlib.suppress(VerificationError):
            self.read()

    def _refresh(self) -> None:
        """Reads them when they are old, without letting anybody wait; those that are known serve on meanwhile."""
        now = time.monotonic()
        if now - self._read_at < _REFRESH_AFTER or now - self._tried_at < _AGAIN_AFTER:
            return
        self._tried_at = now
        threading.Thread(target=self._read_or_not, name="warifu-keys", daemon=True).start()

    def find(self, kid: str) -> VerificationKey:
        """The key of a name. Raises unknown_key, or issuer_unreachable when no keys are known at all."""
        known = self._keys.get(kid)
        if known:
            self._refresh()
            return known
        if not self._keys:
            self.read()
        elif time.monotonic() - self._tried_at >= _AGAIN_AFTER:
            self._read_or_not()
        elif self._reading.locked():
            with self._reading:
                pass
        found = self._keys.get(kid)
        if found:
            return found
        sentence = "The token is signed with a key that the issuer does not publish. Is it of another issuer?"
        raise VerificationError("unknown_key", sentence)
