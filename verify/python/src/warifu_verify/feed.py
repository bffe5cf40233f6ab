"""Owns the following of the revocation feed: pages at the start, the stream from there, and how fresh all of it is."""

from __future__ import annotations

import base64
import codecs
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote_plus

from .encoding import parse_object
from .event_stream import EventStreamParser
from .http import Fetch, read_text
from .issuer_keys import IssuerKeys
from .pages import FeedNews, read_news, read_page
from .revocation_table import RevocationTable

logger = logging.getLogger("warifu_verify")

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 10.0
#: A stream that brings nothing for so long is cut: a heartbeat comes every second.
_SILENT_AFTER = 5.0
_WITHIN = 10.0
_SWEEP_EVERY = 1.0
#: Where the issuer holds no more streams, pages are read for so long before a stream is tried again.
_STREAM_AGAIN = 30.0
_LONGEST_PAGE = 8 * 1024 * 1024


class _NoStream(Exception):
    """The issuer answers no stream, but may answer pages."""


class FeedOptions(NamedTuple):
    issuer: str
    keys: IssuerKeys
    fetch: Fetch
    #: Epoch seconds.
    now: Callable[[], float]
    tolerance: float
    #: Whether what is new is pushed, or asked for every ``poll_interval`` seconds.
    streams: bool
    poll_interval: float
    #: client_id and client_secret, where the issuer wants to know its readers.
    credentials: tuple[str, str] | None
    silent_after: float = _SILENT_AFTER


class RevocationFeed:
    """Followed by a thread of its own. What it knows is read by any number of others."""

    def __init__(self, options: FeedOptions) -> None:
        self._options = options
        self._table = RevocationTable()
        self._closed = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._fresh_at = float("-inf")
        self._swept_at = 0.0
        self._sweep_turn = 0
        self.position = 0
        #: Rises after every fact.
        self.version = 0
        self.connected = False

    @property
    def facts(self) -> int:
        return len(self._table)

    @property
    def staleness(self) -> float:
        """Seconds since nothing was known to be missing; infinite before the feed was read for the first time."""
        return time.monotonic() - self._fresh_at

    def position_of(self, fingerprint: int) -> int:
        """Where in the feed a fact last came about; 0 when it isn't there."""
        return self._table.position_of(fingerprint)

    def start(self) -> None:
        """Begins to follow, if it doesn't yet, and goes on until it is closed."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="warifu-feed", daemon=True)
            self._thread.start()

    def wait_until_ready(self, seconds: float) -> bool:
        """Whether the feed was read once within this time."""
        return self._ready.wait(seconds)

    def close(self) -> None:
        self._closed.set()

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            before = self._fresh_at
            try:
                self._follow()
            # Whatever it is: a thread that ends would let the feed go stale for ever.
            except Exception as error:
                if not self._closed.is_set():
                    logger.warning("The revocation feed of %s was lost: %s", self._options.issuer, error)
            self.connected = False
            if self._fresh_at > before:
                pause = _FIRST_PAUSE
            self._closed.wait(pause * (0.5 + random.random() / 2))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _follow(self) -> None:
        self._read_pages()
        if not self._options.streams:
            return self._poll(float("inf"))
        try:
            self._stream()
        except _NoStream:
            self._poll(time.monotonic() + _STREAM_AGAIN)

    def _poll(self, until: float) -> None:
        while not self._closed.wait(self._options.poll_interval) and time.monotonic() < until:
            self._read_pages()

    def _read_pages(self) -> None:
        """Reads what is new, page by page."""
        issuer, keys, fetch = self._options.issuer, self._options.keys, self._options.fetch
        endpoint = keys.metadata().get("revocation_feed_endpoint", "")
        while not self._closed.is_set():
            # What comes about after the question may be missing from the answer.
            asked_at = time.monotonic()
            after = self.position
            text = read_text(fetch(f"{endpoint}?after={after}", self._headers(), _WITHIN), _LONGEST_PAGE)
            now, tolerance = self._options.now(), self._options.tolerance
            page = read_page(text, keys, issuer=issuer, now=now, tolerance=tolerance, after=after)
            if not page.complete and page.position <= after:
                raise ValueError("The feed does not go on.")
            self._keep(page)
            if page.complete:
                return self._prove(asked_at)

    def _headers(self) -> dict[str, str]:
        headers = {"accept": "application/revocations+jwt, text/event-stream"}
        if self._options.credentials:
            # RFC 6749 section 2.3.1: each is encoded as in a form first.
            pair = ":".join(map(quote_plus, self._options.credentials))
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return headers

    def _stream(self) -> None:
        endpoint = self._options.keys.metadata().get("revocation_stream_endpoint")
        if not isinstance(endpoint, str):
            raise _NoStream
        url = f"{endpoint}?after={self.position}"
        response = self._options.fetch(url, self._headers(), self._options.silent_after)
        try:
            if response.status in (404, 503):
                raise _NoStream
            if response.status != 200:
                raise ValueError(f"The revocation stream answered {response.status}.")
            self.connected = True
            logger.info("The revocation feed of %s is followed from position %d.", self._options.issuer, self.position)
            parser, decoder = EventStreamParser(), codecs.getincrementaldecoder("utf-8")("replace")
            while piece := response.read1(65536):
                if self._closed.is_set():
                    return
                for event in parser.push(decoder.decode(piece)):
                    self._hear(event.event, event.data)
        finally:
            response.close()
        raise ValueError("The issuer has ended the revocation stream.")

    def _hear(self, event: str, data: str) -> None:
        if event not in ("revoked", "heartbeat"):
            return
        heard_at = time.monotonic()
        told = parse_object(data)
        if told is None:
            raise ValueError("The stream tells something that is no JSON object.")
        if event == "revoked":
            return self._keep(read_news(told))
        position = told.get("position")
        if isinstance(position, (int, float)) and position > self.position:
            raise ValueError("The stream has passed over something.")
        self._prove(heard_at)

    def _keep(self, news: FeedNews) -> None:
        now = self._options.now()
        for fingerprint, expires, position in news.facts:
            self._table.add(fingerprint, position, expires, now)
        if news.facts:
            self.version += 1
        self.position = max(self.position, news.position)
        self._sweep(now)

    def _sweep(self, now: float) -> None:
        """A little at a time, so that nobody waits for it."""
        clock = time.monotonic()
        if clock - self._swept_at >= _SWEEP_EVERY:
            self._swept_at = clock
            self._table.sweep(self._sweep_turn, now)
            self._sweep_turn += 1

    def _prove(self, at: float) -> None:
        self._fresh_at = max(self._fresh_at, at)
        self._sweep(self._options.now())
        self._ready.set()
