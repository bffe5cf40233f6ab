"""Owns ``Verifier``: an access token is verified here, by the issuer's keys and its revocation feed, asking nobody."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from .claims import Expected, check_claims, check_expiry, check_scope
from .dpop import DpopRequest, DpopVerifier
from .encoding import JsonObject, copy_json
from .errors import VerificationError
from .feed import FeedOptions, RevocationFeed
from .fingerprints import fingerprint_of, parts_of, texts_of
from .http import Fetch, create_fetch
from .issuer_keys import IssuerKeys
from .options import algorithms_of, audiences_of, issuer_of, one_of
from .token import check_header, check_signature, read_token
from .verified_cache import VerifiedCache

_READY_WITHIN = 10.0
#: Who asks while the issuer is away is told so at once for this long.
_START_AGAIN_AFTER = 1.0


class VerifierStatus(NamedTuple):
    #: How far the feed was read.
    position: int
    #: How many facts are remembered.
    facts: int
    #: Seconds since nothing was known to be missing.
    staleness: float
    connected: bool


class _Verified:
    __slots__ = ("checked_at", "claims", "expires", "fingerprints", "key_fingerprint", "position")

    def __init__(self, claims: JsonObject, expires: float, kid: str) -> None:
        self.claims = claims
        self.expires = expires
        self.position = parts_of(claims.get("jti")).position
        self.fingerprints = [fingerprint_of(text) for text in texts_of(claims)]
        self.key_fingerprint = fingerprint_of(f"key:{kid}")
        #: The feed's version at which it was last found alive.
        self.checked_at = -1


class Verifier:
    """Verifies access tokens for an API.

    It reads the issuer's keys and follows its revocation feed by itself, from the first token on, or from ``ready()``;
    ``close()`` ends that::

        verifier = Verifier(issuer="https://login.example.com/", audience="https://api.example.com/")
        claims = verifier.verify(token)

    - ``audience``: what tokens must be for; of several any will do.
    - ``algorithms``: those that are accepted; every asymmetric one that the issuer's keys are for unless told.
    - ``clock_tolerance``: how far clocks may differ, in seconds.
    - ``feed``: how revocations are learned: pushed (``stream``), asked for (``poll``), or not at all (``off``).
    - ``max_staleness``: for how long tokens are accepted after the feed was lost, in seconds.
    - ``on_feed_loss``: what happens after that: they are refused, or accepted as if nothing could be revoked.
    - ``poll_interval``: in seconds, for ``poll``.
    - ``cache_size``: how many verified tokens are remembered; 0 for none.
    - ``credentials``: client_id and client_secret to read the feed with, where the issuer wants to know its readers.

    It may be used by any number of threads, and after a fork. Raises ValueError for options that make no sense.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithms: Sequence[str] | None = None,
        clock_tolerance: float = 5,
        feed: Literal["stream", "poll", "off"] = "stream",
        max_staleness: float = 30,
        on_feed_loss: Literal["refuse", "accept"] = "refuse",
        poll_interval: float = 1,
        cache_size: int = 10_000,
        credentials: tuple[str, str] | None = None,
        fetch: Fetch | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer_of(issuer)
        self._audiences = audiences_of(audience)
        self._algorithms = algorithms_of(algorithms)
        self._tolerance = clock_tolerance
        self._mode = one_of("feed", feed, ("stream", "poll", "off"))
        self._refuses_stale = one_of("on_feed_loss", on_feed_loss, ("refuse", "accept")) == "refuse"
        self._max_staleness = max_staleness
        self._poll_interval = poll_interval
        self._credentials = credentials
        self._fetch = fetch or create_fetch()
        self._now = now
        self._cache_size = cache_size
        self._dpop = DpopVerifier()
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._starting = threading.Lock()
        self._is_ready = False
        self._failure: tuple[float, VerificationError] | None = None
        self._cache: VerifiedCache[_Verified] = VerifiedCache(self._cache_size)
        self._keys = IssuerKeys(self._issuer, self._fetch, self._algorithms)
        self._feed = None if self._mode == "off" else self._new_feed()

    def _new_feed(self) -> RevocationFeed:
        return RevocationFeed(
            FeedOptions(
                issuer=self._issuer,
                keys=self._keys,
                fetch=self._fetch,
                now=self._now,
                tolerance=self._tolerance,
                streams=self._mode == "stream",
                poll_interval=self._poll_interval,
                credentials=self._credentials,
            )
        )

    def ready(self) -> None:
        """Returns when the keys and the feed were read once. Raises VerificationError when that cannot be."""
        if self._pid != os.getpid():
            # A forked process has none of its parent's threads.
            self._begin()
        if self._is_ready:
            return
        with self._starting:
            if self._is_ready:
                return
            if self._failure and time.monotonic() - self._failure[0] < _START_AGAIN_AFTER:
                raise self._failure[1]
            try:
                self._start()
            except VerificationError as error:
                self._failure = (time.monotonic(), error)
                raise

    def _start(self) -> None:
        self._keys.read()
        if self._feed:
            if not isinstance(self._keys.metadata().get("revocation_feed_endpoint"), str):
                raise VerificationError(
                    "no_feed",
                    f"{self._issuer} has no revocation feed. "
                    "Say feed='off' to accept tokens until they expire, whatever happens.",
                )
            self._feed.start()
            if not self._feed.wait_until_ready(_READY_WITHIN):
                raise VerificationError("feed_stale", "The revocation feed cannot be read.")
        self._is_ready = True

    def is_known(self, token: str) -> bool:
        """Whether ``verify`` answers from memory: it asks nobody, and takes microseconds."""
        return self._pid == os.getpid() and self._cache.get(token) is not None

    def verify(
        self,
        token: str,
        *,
        scopes: Sequence[str] = (),
        permissions: Sequence[str] = (),
        dpop: DpopRequest | None = None,
        authorization_scheme: str = "Bearer",
        certificate_thumbprint: str | None = None,
    ) -> JsonObject:
        """Gives what the token says. Raises VerificationError.

        ``scopes`` and ``permissions`` are needed all of them. ``dpop`` is the request that the token came with, and
        ``authorization_scheme`` how, for tokens that are bound to a key; ``certificate_thumbprint`` the SHA-256 of the
        client's certificate in base64url, for tokens that are bound to one (RFC 8705 section 3.1).
        """
        if not self._is_ready or self._pid != os.getpid():
            verified = self._verify(token)
        else:
            verified = self._cache.get(token) or self._verify(token)
        now = self._now()
        check_expiry(verified.expires, now, self._tolerance)
        if self._feed:
            self._refuse_revoked(self._feed, verified)
        claims = verified.claims
        if "cnf" in claims or authorization_scheme != "Bearer":
            self._check_binding(token, claims, dpop, authorization_scheme, certificate_thumbprint)
        if scopes or permissions:
            check_scope(claims, scopes, permissions)
        return {name: copy_json(value) for name, value in claims.items()}

    def _verify(self, token: str) -> _Verified:
        read = read_token(token)
        kid, is_rfc9068 = check_header(read.header, self._algorithms)
        self.ready()
        check_signature(read, self._keys.find(kid))
        expected = Expected(self._issuer, self._audiences, self._now(), self._tolerance)
        expires = check_claims(read.claims, is_rfc9068=is_rfc9068, expected=expected)
        verified = _Verified(read.claims, expires, kid)
        self._cache.set(token, verified)
        return verified

    def _refuse_revoked(self, feed: RevocationFeed, token: _Verified) -> None:
        """Raises feed_stale or revoked."""
        staleness = feed.staleness
        if staleness > self._max_staleness and self._refuses_stale:
            since = f"The revocation feed was lost {staleness:.0f} seconds ago"
            raise VerificationError("feed_stale", f"{since}: whether the token is still good is not known.")
        # Read before the table: what comes about meanwhile is looked for the next time.
        version = feed.version
        if token.checked_at == version:
            return
        position_of, position = feed.position_of, token.position
        if position_of(token.key_fingerprint) > 0 or any(position_of(each) > position for each in token.fingerprints):
            sentence = (
                "The token was taken back: its session ended, or its rights changed. Sign in again, or refresh it."
            )
            raise VerificationError("revoked", sentence)
        token.checked_at = version

    def _check_binding(
        self, token: str, claims: JsonObject, dpop: DpopRequest | None, scheme: str, thumbprint: str | None
    ) -> None:
        cnf = claims.get("cnf", {})
        bound = cnf if isinstance(cnf, dict) else {}
        jkt, certificate = bound.get("jkt"), bound.get("x5t#S256")
        if isinstance(jkt, str):
            if scheme.lower() != "dpop":
                sentence = "The token is bound to a key: send it with the scheme DPoP, and a proof."
                raise VerificationError("missing_proof", sentence)
            request = dpop or DpopRequest("", "", None)
            self._dpop.check(request, token=token, jkt=jkt, now=self._now(), tolerance=self._tolerance)
        elif scheme.lower() == "dpop":
            sentence = "The token is bound to no key: send it with the scheme Bearer."
            raise VerificationError("invalid_proof", sentence)
        if certificate is not None and certificate != thumbprint:
            sentence = "The token is bound to a client certificate, which was not shown."
            raise VerificationError("missing_certificate", sentence)
        if "cnf" in claims and jkt is None and certificate is None:
            raise VerificationError("invalid_proof", "The token is bound to something that is not known here.")

    def status(self) -> VerifierStatus:
        feed = self._feed
        if not feed:
            return VerifierStatus(0, 0, 0.0, False)
        return VerifierStatus(feed.position, feed.facts, feed.staleness, feed.connected)

    def close(self) -> None:
        """Ends the connection with the issuer, within a few seconds."""
        if self._feed:
            self._feed.close()

    def __enter__(self) -> Verifier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
