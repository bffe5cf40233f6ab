"""Owns the adapter for Flask: a decorator for routes, and the claims of the request in ``g.claims``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Response, g, jsonify, request

from .authorize import Call, presented
from .challenge import refusal_of
from .errors import VerificationError
from .verifier import Verifier

P = ParamSpec("P")
R = TypeVar("R")


def requires_token(
    verifier: Verifier,
    *,
    scopes: Sequence[str] = (),
    permissions: Sequence[str] = (),
    origin: str | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Guards a route::

        @app.get("/things")
        @requires_token(verifier, scopes=["read:things"])
        def things():
            return {"sub": g.claims["sub"]}

    ``origin``: where applications reach this API, for DPoP behind a proxy: ``https://api.example.com``.
    """

    def guard(route: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            headers = request.headers
            call = Call(request.method, request.url, headers.getlist("Authorization"), headers.getlist("DPoP"))
            try:
                token, how = presented(call, origin)
                g.claims = verifier.verify(token, scopes=scopes, permissions=permissions, **how)
            except VerificationError as error:
                status, headers_out, body = refusal_of(error)
                response = jsonify(body)
                response.status_code = status
                response.headers.update(headers_out)
                return response
            return route(*args, **kwargs)

        return guarded

    return guard
