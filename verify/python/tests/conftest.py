from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from issuer import Issuer

from warifu_verify import Verifier


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


@pytest.fixture
def verifier_of() -> Iterator[Callable[..., Verifier]]:
    made: list[Verifier] = []

    def make(issuer: Issuer, **options: Any) -> Verifier:
        usual = {"issuer": issuer.issuer, "audience": "https://api.example.com/"}
        made.append(Verifier(**{**usual, **options}))
        return made[-1]

    yield make
    for each in made:
        each.close()


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until something holds; the test's own end is the limit."""
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until, "it never came about"
        time.sleep(0.005)
