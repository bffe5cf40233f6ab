"""Owns the adapter for FastAPI: a dependency that gives the claims of a request's token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from .authorize import Call, presented
from .challenge import refusal_of
from .encoding import JsonObject
from .errors import VerificationError
from .verifier import Verifier


def claims(
    verifier: Verifier,
    *,
    scopes: Sequence[str] = (),
    permissions: Sequence[str] = (),
    origin: str | None = None,
) -> Callable[[Request], Awaitable[JsonObject]]:
    """A dependency for routes::

        @app.get("/things")
        def things(claims: Annotated[dict, Depends(claims(verifier, scopes=["read:things"]))]): ...

    ``origin``: where applications reach this API, for DPoP behind a proxy: ``https://api.example.com``.
    """

    async def of_request(request: Request) -> JsonObject:
        headers = request.headers
        call = Call(request.method, str(request.url), headers.getlist("authorization"), headers.getlist("dpop"))
        token, how = presented(call, origin)
        verify = partial(verifier.verify, token, scopes=scopes, permissions=permissions, **how)
        # What is new takes a signature, and may take the issuer: others aren't kept waiting for it.
        return verify() if verifier.is_known(token) else await run_in_threadpool(verify)

    return of_request


def handle_refusals(app: FastAPI) -> None:
    """Has an application answer refused tokens as RFC 6750 says."""

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, VerificationError)
        status, headers, body = refusal_of(error)
        return JSONResponse(body, status, headers)

    app.add_exception_handler(VerificationError, answer)
