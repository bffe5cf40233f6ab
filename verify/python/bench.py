"""Owns `python bench.py`: how fast a token is verified, beside PyJWT with the same key, in the same run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import jwt

sys.path.insert(0, str(Path(__file__).parent / "tests"))

from issuer import Issuer

from warifu_verify import Verifier

SECONDS = 2.0


def microseconds(work: Callable[[], object]) -> float:
    """Of one turn: the best of five runs."""
    best, each = float("inf"), SECONDS / 5
    for _ in range(5):
        turns, began = 0, time.perf_counter()
        while time.perf_counter() - began < each:
            for _ in range(100):
                work()
            turns += 100
        best = min(best, (time.perf_counter() - began) / turns * 1e6)
    return best


issuer = Issuer()
token = issuer.token()
options = {"issuer": issuer.issuer, "audience": "https://api.example.com/"}
key = jwt.PyJWK(next(key for key in issuer.jwks["keys"] if key["kid"] == "RS256"), algorithm="RS256").key
checks = {"algorithms": ["RS256"], "audience": "https://api.example.com/", "issuer": issuer.issuer}

with Verifier(**options) as warm, Verifier(**options, cache_size=0) as cold:
    warm.verify(token), cold.verify(token)
    pyjwt = microseconds(lambda: jwt.decode(token, key, **checks))
    print(f"PyJWT {jwt.__version__}, key at hand   {pyjwt:8.1f} µs")
    for name, verifier in (("cold, new to it", cold), ("warm, seen before", warm)):
        own = microseconds(lambda verifier=verifier: verifier.verify(token))
        print(f"Verifier, {name:<18} {own:8.1f} µs   {pyjwt / own:6.2f} times as fast")
issuer.close()
