"""Runs what the READMEs show, which is the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from issuer import Issuer

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(name: str) -> list[str]:
    return BLOCK.findall((Path(__file__).parents[1] / name).read_text(encoding="utf-8"))


def run(block: str, issuer: Issuer) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "readme"}
    exec(block.replace("https://login.example.com/", issuer.address), names)
    return names


def test_both_languages_show_the_same_code() -> None:
    assert blocks("README.md") == blocks("README.ja.md")


def test_the_code_does_what_is_said(issuer: Issuer) -> None:
    plain, fastapi, flask = (run(block, issuer) for block in blocks("README.md"))
    header = {"authorization": f"Bearer {issuer.token()}"}
    assert plain["who_is_it"](issuer.token()) == "auth0|hana"
    assert plain["who_is_it"]("sorry").startswith("401 malformed: ")
    assert TestClient(fastapi["app"]).get("/things", headers=header).json() == {"sub": "auth0|hana"}
    assert flask["app"].test_client().get("/things", headers=header).get_json() == {"sub": "auth0|hana"}
    assert flask["app"].test_client().get("/things").status_code == 401
    for names in (plain, fastapi, flask):
        names["verifier"].close()
