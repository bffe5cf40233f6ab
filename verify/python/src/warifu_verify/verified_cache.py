"""Owns the tokens that were verified lately: as many as are wanted, the ones not seen for longest forgotten first."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class VerifiedCache(Generic[T]):
    """Two generations instead of an order: a token that is seen moves to the younger, and the older goes as a whole."""

    def __init__(self, most: int) -> None:
        self._most = (most + 1) // 2
        self._young: dict[str, T] = {}
        self._old: dict[str, T] = {}
        self._lock = threading.Lock()

    def get(self, token: str) -> T | None:
        found = self._young.get(token)
        if found is not None:
            return found
        older = self._old.get(token)
        if older is not None:
            self.set(token, older)
        return older

    def set(self, token: str, value: T) -> None:
        if self._most == 0:
            return
        with self._lock:
            if len(self._young) >= self._most:
                self._old, self._young = self._young, {}
            self._young[token] = value
