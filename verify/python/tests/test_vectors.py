"""Walks through the vectors that the verifiers of all languages have in common."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from issuer import Issuer, read_vectors

from warifu_verify import DpopRequest, VerificationError, Verifier
from warifu_verify.encoding import decode_base64url
from warifu_verify.event_stream import EventStreamParser
from warifu_verify.fingerprints import fingerprint_of, print_of
from warifu_verify.issuer_keys import IssuerKeys
from warifu_verify.pages import FeedFact, read_news, read_page

TOKENS = read_vectors("tokens.json")
PAGES = read_vectors("pages.json")


def facts_of(entries: list[list[Any]]) -> list[FeedFact]:
    return [FeedFact(print_of(decode_base64url(text) or b""), expires, position) for text, expires, position in entries]


@pytest.mark.parametrize("case", read_vectors("fingerprints.json")["cases"], ids=lambda case: case["text"])
def test_fingerprint(case: dict[str, str]) -> None:
    assert fingerprint_of(case["text"]) == print_of(decode_base64url(case["fingerprint"]) or b"")


class Answer(io.BytesIO):
    status = 200


def fetch_of(issuer: str, jwks: Any, now: int, facts: list[Any]) -> Any:
    """What a verifier fetches from an issuer that has pages alone, without a network."""
    server = Issuer(jwks=jwks, issuer=issuer, now=now)
    server.close()
    server.fault = ""
    server.facts, server.position = facts, max([position for *_, position in facts], default=0)

    def fetch(url: str, _headers: Mapping[str, str], _timeout: float) -> Any:
        if url.endswith("openid-configuration"):
            endpoint = f"{issuer}revocations"
            told = {"issuer": issuer, "jwks_uri": f"{issuer}jwks", "revocation_feed_endpoint": endpoint}
            return Answer(json.dumps(told).encode())
        if url.endswith("jwks"):
            return Answer(json.dumps(jwks).encode())
        return Answer(server.page(int(url.partition("after=")[2])).encode())

    return fetch


VERIFIERS: dict[str, Verifier] = {}


def verifier_for(audience: Any) -> Verifier:
    name = json.dumps(audience)
    if name not in VERIFIERS:
        issuer, now = TOKENS["issuer"], TOKENS["now"]
        fetch = fetch_of(issuer, TOKENS["jwks"], now, TOKENS["feed"]["revoked"])
        VERIFIERS[name] = Verifier(issuer=issuer, audience=audience, fetch=fetch, now=lambda: now)
    return VERIFIERS[name]


def asked_of(options: dict[str, Any]) -> dict[str, Any]:
    asked = {name: options[name] for name in ("scopes", "permissions") if name in options}
    if "authorizationScheme" in options:
        asked["authorization_scheme"] = options["authorizationScheme"]
    if "certificateThumbprint" in options:
        asked["certificate_thumbprint"] = options["certificateThumbprint"]
    if "dpop" in options:
        asked["dpop"] = DpopRequest(options["dpop"]["method"], options["dpop"]["url"], options["dpop"].get("proof"))
    return asked


def refused(verifier: Verifier, token: str, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(VerificationError) as refusal:
        verifier.verify(token, **asked)
    assert refusal.value.code == code, refusal.value.message
    assert not token or token not in refusal.value.message


@pytest.mark.parametrize("case", TOKENS["cases"], ids=lambda case: case["name"])
def test_token(case: dict[str, Any]) -> None:
    options = case.get("options", {})
    verifier = verifier_for(options.get("audience", TOKENS["audience"]))
    asked = asked_of(options)
    if "error" in case:
        return refused(verifier, case["token"], asked, case["error"])
    assert verifier.verify(case["token"], **asked) == case["claims"]
    # The second time comes from memory; a proof is good once.
    if "dpop" in asked:
        refused(verifier, case["token"], asked, "invalid_proof")
    else:
        assert verifier.verify(case["token"], **asked) == case["claims"]


@pytest.mark.parametrize("case", PAGES["cases"], ids=lambda case: case["name"])
def test_page(case: dict[str, Any]) -> None:
    issuer, now = PAGES["issuer"], PAGES["now"]
    keys = IssuerKeys(issuer, fetch_of(issuer, PAGES["jwks"], now, []))
    how = {"issuer": issuer, "now": now, "tolerance": 5, "after": case["after"]}
    if case.get("error"):
        with pytest.raises((ValueError, VerificationError)):
            read_page(case["page"], keys, **how)
        return
    page = read_page(case["page"], keys, **how)
    assert (page.position, page.complete) == (case["position"], case["complete"])
    assert page.facts == facts_of(case["facts"])


@pytest.mark.parametrize("case", read_vectors("streams.json")["cases"], ids=lambda case: case["name"])
def test_stream(case: dict[str, Any]) -> None:
    parser = EventStreamParser()
    events = [event for chunk in case["chunks"] for event in parser.push(chunk)]
    news = [read_news(json.loads(data)) for event, data in events if event == "revoked"]
    assert [fact for each in news for fact in each.facts] == facts_of(case["facts"])
    assert news[-1].position == case["position"]
    assert sum(event == "heartbeat" for event, _ in events) == case["heartbeats"]
