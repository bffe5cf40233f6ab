"""Verifies access tokens in your API, and knows within a second which were taken back."""

from .challenge import Refusal, refusal_of
from .dpop import DpopRequest
from .errors import VerificationError
from .http import create_fetch
from .verifier import Verifier, VerifierStatus

__all__ = [
    "DpopRequest",
    "Refusal",
    "VerificationError",
    "Verifier",
    "VerifierStatus",
    "create_fetch",
    "refusal_of",
]
