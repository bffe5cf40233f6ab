"""Owns what all adapters share: from a request to what its token says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypedDict
from urllib.parse import urlsplit

from .dpop import DpopRequest
from .errors import VerificationError

_CREDENTIALS = re.compile(r"(bearer|dpop) +([A-Za-z0-9_.~+/-]+=*)", re.IGNORECASE)


class Call(NamedTuple):
    """A request, whatever framework it came by, with every value of the two headers."""

    method: str
    #: The whole address, as far as the framework knows it.
    url: str
    authorization: Sequence[str]
    dpop: Sequence[str]


class Presented(TypedDict):
    dpop: DpopRequest
    authorization_scheme: str


def _only(values: Sequence[str], name: str) -> str | None:
    if len(values) > 1 or (values and "," in values[0]):
        raise VerificationError("ambiguous_token", f"The header {name} came more than once. Send it once.")
    return values[0] if values else None


def presented(call: Call, origin: str | None) -> tuple[str, Presented]:
    """The token of a call, and how it was sent. ``origin``: where applications reach this API, for DPoP.

    Raises VerificationError.
    """
    authorization = _only(call.authorization, "Authorization")
    if not authorization:
        sentence = "Send an access token in the header Authorization: Bearer, a space, the token."
        raise VerificationError("missing_token", sentence)
    found = _CREDENTIALS.fullmatch(authorization)
    if not found:
        sentence = "The header Authorization has no access token: Bearer, a space, the token."
        raise VerificationError("missing_token", sentence)
    scheme, token = found.groups()
    url = call.url if origin is None else f"{origin.rstrip('/')}{urlsplit(call.url).path}"
    request = DpopRequest(call.method, url, _only(call.dpop, "DPoP"))
    return token, {"dpop": request, "authorization_scheme": scheme}
