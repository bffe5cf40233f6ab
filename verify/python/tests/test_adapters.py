"""Tests the adapters for FastAPI and Flask: what they hand on, and what they answer (RFC 6750, RFC 9449)."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import flask
import pytest
from conftest import eventually
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from issuer import Issuer

from warifu_verify import Verifier
from warifu_verify.fastapi import claims, handle_refusals
from warifu_verify.flask import requires_token

Answer = tuple[int, dict[str, str], Any]
Ask = Callable[..., Answer]


def fastapi_ask(verifier: Verifier) -> Ask:
    app = FastAPI()
    handle_refusals(app)

    @app.get("/things")
    def things(own: Annotated[dict[str, Any], Depends(claims(verifier))]) -> dict[str, Any]:
        return {"sub": own["sub"]}

    @app.get("/write")
    async def write(
        own: Annotated[dict[str, Any], Depends(claims(verifier, scopes=["write:things"]))],
    ) -> dict[str, Any]:
        return {"sub": own["sub"]}

    client = TestClient(app)

    def ask(path: str, *headers: tuple[str, str]) -> Answer:
        answer = client.get(path, headers=list(headers))
        return answer.status_code, dict(answer.headers), answer.json()

    return ask


def flask_ask(verifier: Verifier) -> Ask:
    app = flask.Flask("things")

    @app.get("/things")
    @requires_token(verifier)
    def things() -> dict[str, Any]:
        return {"sub": flask.g.claims["sub"]}

    @app.get("/write")
    @requires_token(verifier, scopes=["write:things"])
    def write() -> dict[str, Any]:
        return {"sub": flask.g.claims["sub"]}

    client = app.test_client()

    def ask(path: str, *headers: tuple[str, str]) -> Answer:
        answer = client.get(path, headers=list(headers))
        return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.get_json()

    return ask


@pytest.fixture(params=[fastapi_ask, flask_ask], ids=["fastapi", "flask"])
def ask(request: pytest.FixtureRequest, issuer: Issuer, verifier_of: Callable[..., Verifier]) -> Iterator[Ask]:
    yield request.param(verifier_of(issuer))


def bearer(token: str) -> tuple[str, str]:
    return ("authorization", f"Bearer {token}")


def test_a_token_opens_the_route(ask: Ask, issuer: Issuer) -> None:
    token = issuer.token()
    for _ in range(2):
        assert ask("/things", bearer(token))[::2] == (200, {"sub": "auth0|hana"})


def test_who_sends_no_token_is_told_only_how(ask: Ask) -> None:
    status, headers, _ = ask("/things")
    assert (status, headers["www-authenticate"]) == (401, "Bearer")
    assert ask("/things", ("authorization", "Basic abc"))[0] == 401


def test_a_token_that_was_taken_back_is_invalid(ask: Ask, issuer: Issuer) -> None:
    token = issuer.token()
    assert ask("/things", bearer(token))[0] == 200
    issuer.revoke("session:session-1")
    eventually(lambda: ask("/things", bearer(token))[0] == 401)
    status, headers, body = ask("/things", bearer(token))
    assert (status, body["error"]) == (401, "invalid_token")
    assert headers["www-authenticate"].startswith(
        'Bearer error="invalid_token", error_description="The token was taken'
    )
    assert headers["cache-control"] == "no-store"


def test_a_token_without_the_scope_is_told_which(ask: Ask, issuer: Issuer) -> None:
    status, headers, body = ask("/write", bearer(issuer.token()))
    assert (status, body["error"]) == (403, "insufficient_scope")
    assert headers["www-authenticate"].endswith('scope="write:things"')


def test_two_tokens_are_an_invalid_request(ask: Ask, issuer: Issuer) -> None:
    status, _, body = ask("/things", bearer(issuer.token()), bearer(issuer.token()))
    assert (status, body["error"]) == (400, "invalid_request")


def test_an_id_token_is_told_from_an_access_token(ask: Ask, issuer: Issuer) -> None:
    import jwt
    from issuer import private_key

    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    id_token = {name: value for name, value in claims.items() if name not in ("azp", "scope")} | {"aud": "app"}
    sent = jwt.encode(id_token, private_key(), "RS256", headers={"kid": "RS256"})
    assert ask("/things", bearer(sent))[2]["error_description"] == "This is an ID token; send the access token."


def test_while_the_issuer_was_never_heard_the_route_is_unavailable(ask: Ask, issuer: Issuer) -> None:
    issuer.break_down("away")
    status, headers, body = ask("/things", bearer(issuer.token()))
    assert (status, headers["retry-after"], body["error"]) == (503, "1", "temporarily_unavailable")
