"""Tests the following of the feed against an issuer and a network that fail in every way."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import pytest
from conftest import eventually
from issuer import Issuer

from warifu_verify import VerificationError, Verifier

Make = Callable[..., Verifier]


def code_of(verifier: Verifier, token: str) -> str:
    try:
        verifier.verify(token)
    except VerificationError as error:
        return error.code
    return "accepted"


def test_a_token_is_refused_as_soon_as_the_stream_tells_it(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token, other = verifier_of(issuer), issuer.token(), issuer.token(sid="session-2")
    assert code_of(verifier, token) == code_of(verifier, other) == "accepted"
    issuer.revoke("session:session-1")
    eventually(lambda: code_of(verifier, token) == "revoked")
    assert code_of(verifier, other) == "accepted"
    assert verifier.status().connected


def test_what_was_revoked_before_the_start_is_refused_from_the_first_token_on(
    issuer: Issuer, verifier_of: Make
) -> None:
    issuer.revoke("session:session-1")
    assert code_of(verifier_of(issuer), issuer.token()) == "revoked"


def test_what_was_issued_after_a_fact_is_accepted(issuer: Issuer, verifier_of: Make) -> None:
    issuer.revoke("client:app", position=5)
    assert code_of(verifier_of(issuer), issuer.token(jti="grant.6.subject.random")) == "accepted"
    assert code_of(verifier_of(issuer), issuer.token(jti="grant.4.subject.random")) == "revoked"


def test_verifications_ask_nobody(issuer: Issuer, verifier_of: Make) -> None:
    verifier, tokens = verifier_of(issuer, cache_size=50), [issuer.token(sid=f"s{each}") for each in range(100)]
    verifier.ready()
    eventually(lambda: verifier.status().connected)
    before = len(issuer.calls)
    for turn in range(100_000):
        verifier.verify(tokens[turn % 40])
    for token in tokens * 5:
        verifier.verify(token)
    assert issuer.calls[before:] == []


def test_a_stream_that_was_cut_goes_on_where_it_was(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token = verifier_of(issuer), issuer.token()
    assert code_of(verifier, token) == "accepted"
    eventually(lambda: verifier.status().connected)
    issuer.break_down("cut")
    eventually(lambda: not verifier.status().connected)
    issuer.revoke("session:session-1")
    issuer.break_down("")
    eventually(lambda: code_of(verifier, token) == "revoked")
    eventually(lambda: verifier.status().connected)


def test_a_stream_that_falls_silent_is_cut(issuer: Issuer, verifier_of: Make) -> None:
    verifier = verifier_of(issuer, max_staleness=60)
    token = issuer.token()
    assert code_of(verifier, token) == "accepted"
    eventually(lambda: verifier.status().connected)
    issuer.break_down("silent")
    issuer.revoke("session:session-1")
    # The page that is read after the silence tells it.
    eventually(lambda: code_of(verifier, token) == "revoked")
    eventually(lambda: issuer.calls.count("/revocations/stream") >= 2)


def test_where_no_stream_can_be_had_pages_are_read(issuer: Issuer, verifier_of: Make) -> None:
    issuer.break_down("no stream")
    verifier, token = verifier_of(issuer, poll_interval=0.02), issuer.token()
    assert code_of(verifier, token) == "accepted"
    issuer.revoke("session:session-1")
    eventually(lambda: code_of(verifier, token) == "revoked")
    assert not verifier.status().connected


def test_who_polls_asks_for_no_stream(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token = verifier_of(issuer, feed="poll", poll_interval=0.02), issuer.token()
    assert code_of(verifier, token) == "accepted"
    issuer.revoke("session:session-1")
    eventually(lambda: code_of(verifier, token) == "revoked")
    assert "/revocations/stream" not in issuer.calls


def test_a_feed_that_is_lost_for_too_long_refuses_tokens_and_accepts_them_again(
    issuer: Issuer, verifier_of: Make
) -> None:
    verifier, token = verifier_of(issuer, max_staleness=0.3), issuer.token()
    assert code_of(verifier, token) == "accepted"
    issuer.break_down("away")
    assert code_of(verifier, token) == "accepted"
    eventually(lambda: code_of(verifier, token) == "feed_stale")
    issuer.break_down("")
    eventually(lambda: code_of(verifier, token) == "accepted")


def test_who_says_so_accepts_tokens_though_the_feed_is_lost(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token = verifier_of(issuer, max_staleness=0.05, on_feed_loss="accept"), issuer.token()
    assert code_of(verifier, token) == "accepted"
    issuer.break_down("away")
    eventually(lambda: verifier.status().staleness > 0.2)
    assert code_of(verifier, token) == "accepted"


def test_a_feed_is_followed_once_however_often_it_is_begun(issuer: Issuer, verifier_of: Make) -> None:
    verifier = verifier_of(issuer)
    verifier.ready()
    eventually(lambda: verifier.status().connected)
    before = len(issuer.calls)
    assert verifier._feed
    verifier._feed.start()
    time.sleep(0.1)
    assert issuer.calls[before:] == []


def test_no_token_is_accepted_before_the_issuer_was_heard_once(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token = verifier_of(issuer), issuer.token()
    issuer.break_down("away")
    assert code_of(verifier, token) == "issuer_unreachable"
    issuer.break_down("")
    eventually(lambda: code_of(verifier, token) == "accepted")


def test_an_issuer_without_a_feed_must_be_accepted_by_name(issuer: Issuer, verifier_of: Make) -> None:
    issuer.break_down("no feed")
    token = issuer.token()
    assert code_of(verifier_of(issuer), token) == "no_feed"
    assert code_of(verifier_of(issuer, feed="off"), token) == "accepted"


def test_the_metadata_of_another_issuer_is_not_believed(issuer: Issuer, verifier_of: Make) -> None:
    issuer.break_down("another")
    assert code_of(verifier_of(issuer), issuer.token()) == "issuer_unreachable"


def test_a_page_that_is_forged_tells_nothing(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token = verifier_of(issuer, feed="poll", poll_interval=0.02, max_staleness=60), issuer.token()
    assert code_of(verifier, token) == "accepted"
    issuer.break_down("forged")
    issuer.revoke("session:session-1")
    asked = len(issuer.calls)
    eventually(lambda: len(issuer.calls) > asked + 3)
    assert code_of(verifier, token) == "accepted"
    assert verifier.status().position == 0


def test_the_feed_is_read_with_credentials_where_there_are_some(issuer: Issuer, verifier_of: Make) -> None:
    verifier_of(issuer, credentials=("api one", "s:cret")).ready()
    eventually(lambda: "/revocations/stream" in issuer.calls)
    sent = [headers.get("authorization") for headers in issuer.headers]
    assert sent[-1] == sent[2] == "Basic YXBpK29uZTpzJTNBY3JldA=="
    assert sent[0] is None, "to nobody but the feed"


def test_keys_that_appear_are_read_once_for_all_who_ask(issuer: Issuer, verifier_of: Make) -> None:
    every = issuer.jwks["keys"]
    issuer.jwks = {"keys": [key for key in every if key["kid"] == "RS256"]}
    verifier = verifier_of(issuer)
    verifier.ready()
    verifier._keys._tried_at = float("-inf")
    issuer.jwks = {"keys": every}
    import jwt
    from issuer import read_vectors

    key = jwt.PyJWK(read_vectors("keys.json")["ES256"], algorithm="ES256").key
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    token = jwt.encode(claims, key, "ES256", headers={"kid": "ES256"})
    read = issuer.calls.count("/.well-known/jwks.json")
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(code_of(verifier, token))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["accepted"] * 16
    assert issuer.calls.count("/.well-known/jwks.json") == read + 1
    for each in range(20):
        assert code_of(verifier, jwt.encode(claims, key, "ES256", headers={"kid": f"none{each}"})) == "unknown_key"
    assert issuer.calls.count("/.well-known/jwks.json") == read + 1, "strangers' names make nobody ask"


def test_many_threads_verify_while_facts_come(issuer: Issuer, verifier_of: Make) -> None:
    verifier, tokens = verifier_of(issuer), [issuer.token(sid=f"s{each}") for each in range(50)]
    verifier.ready()
    wrong: list[object] = []
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            for each, token in enumerate(tokens[25:]):
                if code_of(verifier, token) != "accepted":
                    wrong.append(each)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for each in range(25):
        issuer.revoke(f"session:s{each}", *(f"token:other{each}.{more}" for more in range(200)))
    eventually(lambda: all(code_of(verifier, token) == "revoked" for token in tokens[:25]))
    ended.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert verifier.status().facts == 25 * 201


def test_what_a_caller_changes_in_claims_changes_no_token(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token = verifier_of(issuer), issuer.token(permissions=["read"])
    verifier.verify(token)["permissions"].append("write")
    with pytest.raises(VerificationError):
        verifier.verify(token, permissions=["write"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_follows_the_feed_by_itself(issuer: Issuer, verifier_of: Make) -> None:
    verifier, token = verifier_of(issuer), issuer.token()
    assert code_of(verifier, token) == "accepted"
    child = os.fork()
    if child == 0:
        try:
            until = time.monotonic() + 20
            while code_of(verifier, token) != "revoked" and time.monotonic() < until:
                time.sleep(0.01)
            os._exit(0 if code_of(verifier, token) == "revoked" else 1)
        finally:
            os._exit(2)
    issuer.revoke("session:session-1")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"issuer": "login.example.com"},
        {"issuer": "http://login.example.com/"},
        {"issuer": "https://login.example.com/?a=b"},
        {"audience": []},
        {"audience": ""},
        {"algorithms": ["HS256"]},
        {"feed": "none"},
        {"on_feed_loss": "maybe"},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Verifier(**{"issuer": "https://login.example.com/", "audience": "https://api.example.com/", **options})  # type: ignore[arg-type]
