"""Owns the way to the issuer: the standard library's, which knows proxies; redirects are never followed."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Protocol, cast


class Response(Protocol):
    status: int

    def read(self, amount: int, /) -> bytes: ...

    def read1(self, amount: int, /) -> bytes:
        """What is there, as soon as there is anything; nothing at the end."""

    def close(self) -> None: ...


#: Asks for an address: url, headers, and for how many seconds to wait for any byte.
Fetch = Callable[[str, Mapping[str, str], float], Response]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def create_fetch(context: ssl.SSLContext | None = None) -> Fetch:
    handlers = [_NoRedirects(), *([urllib.request.HTTPSHandler(context=context)] if context else [])]
    opener = urllib.request.build_opener(*handlers)

    def fetch(url: str, headers: Mapping[str, str], timeout: float) -> Response:
        request = urllib.request.Request(url, headers=dict(headers))
        try:
            return cast(Response, opener.open(request, timeout=timeout))
        except urllib.error.HTTPError as answer:
            return cast(Response, answer)

    return fetch


def read_text(response: Response, most: int) -> str:
    """All of an answer. Raises ValueError for one that is too long, or isn't 200."""
    try:
        data = response.read(most + 1)
    finally:
        response.close()
    if response.status != 200:
        raise ValueError(f"The issuer answered {response.status}: {data[:200].decode('utf-8', 'replace')}")
    if len(data) > most:
        raise ValueError("The issuer's answer is too long.")
    return data.decode("utf-8")
