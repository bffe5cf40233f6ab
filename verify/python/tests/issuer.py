"""Owns an issuer for tests: a real server on a port of its own, whose faults the tests choose."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt

VECTORS = Path(__file__).parents[2] / "vectors"


def read_vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def fingerprint(text: str) -> str:
    import hashlib

    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:12]).decode()


def private_key() -> Any:
    return jwt.PyJWK(read_vectors("keys.json")["RS256"], algorithm="RS256").key


class Issuer:
    """``facts`` are what it tells; every request that it gets is counted by its path."""

    def __init__(
        self, *, jwks: dict[str, Any] | None = None, issuer: str | None = None, now: float | None = None
    ) -> None:
        self.jwks = jwks or read_vectors("tokens.json")["jwks"]
        self.facts: list[list[Any]] = []
        self.position = 0
        self.calls: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.changed = threading.Condition()
        #: What is wrong with it: "silent", "no stream", "cut", "away", "forged", "no feed", "another".
        self.fault = ""
        self._now = now
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                outer.answer(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self.issuer = issuer or self.address
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def now(self) -> float:
        return time.time() if self._now is None else self._now

    def close(self) -> None:
        with self.changed:
            self.fault = "away"
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def revoke(self, *texts: str, position: int | None = None) -> None:
        with self.changed:
            self.position = position or self.position + 1
            self.facts += [[fingerprint(text), int(self.now()) + 3600, self.position] for text in texts]
            self.changed.notify_all()

    def break_down(self, fault: str) -> None:
        with self.changed:
            self.fault = fault
            self.changed.notify_all()

    def token(self, **claims: Any) -> str:
        now = int(self.now())
        usual = {
            "iss": self.issuer,
            "sub": "auth0|hana",
            "aud": "https://api.example.com/",
            "azp": "app",
            "scope": "openid read:things",
            "sid": "session-1",
            "iat": now,
            "exp": now + 3600,
            "jti": f"grant.{'0'}.subject.{time.monotonic_ns()}",
        }
        return jwt.encode({**usual, **claims}, private_key(), "RS256", headers={"kid": "RS256"})

    def page(self, after: int) -> str:
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "iat": now,
            "exp": now + 60,
            "after": after,
            "position": max(after, self.position),
            "complete": True,
            "revoked": [fact for fact in self.facts if fact[2] > after],
        }
        page = jwt.encode(claims, private_key(), "RS256", headers={"kid": "RS256", "typ": "revocations+jwt"})
        return page[:-4] + "AAAA" if self.fault == "forged" else page

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path, _, query = request.path.partition("?")
        self.calls.append(path)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        after = int(query.removeprefix("after=") or 0)
        if self.fault == "away":
            request.close_connection = True
        elif path == "/revocations/stream":
            self._stream(request, after)
        elif path == "/revocations":
            self._send(request, self.page(after), "application/revocations+jwt")
        elif path == "/.well-known/jwks.json":
            self._send(request, json.dumps(self.jwks), "application/json")
        else:
            self._send(request, json.dumps(self._metadata()), "application/json")

    def _metadata(self) -> dict[str, str]:
        metadata = {
            "issuer": "https://other.example.com/" if self.fault == "another" else self.issuer,
            "jwks_uri": f"{self.address}.well-known/jwks.json",
        }
        if self.fault != "no feed":
            metadata["revocation_feed_endpoint"] = f"{self.address}revocations"
            metadata["revocation_stream_endpoint"] = f"{self.address}revocations/stream"
        return metadata

    @staticmethod
    def _send(request: BaseHTTPRequestHandler, text: str, kind: str, status: int = 200) -> None:
        data = text.encode()
        request.send_response(status)
        request.send_header("content-type", kind)
        request.send_header("content-length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _stream(self, request: BaseHTTPRequestHandler, after: int) -> None:
        if self.fault == "no stream":
            self._send(request, "{}", "application/json", 503)
            return
        request.close_connection = True
        request.send_response(200)
        request.send_header("content-type", "text/event-stream")
        # In chunks, as servers send what has no end: when it is cut, the last one is missing.
        request.send_header("transfer-encoding", "chunked")
        request.end_headers()
        told = after
        while self.fault not in ("away", "cut"):
            with self.changed:
                facts = [fact for fact in self.facts if fact[2] > told]
                position, silent = max(told, self.position), self.fault == "silent"
            if not silent:
                told = position
                text = (
                    f"id: {position}\nevent: revoked\ndata: {json.dumps({'position': position, 'revoked': facts})}\n\n"
                    if facts
                    else ""
                )
                text += f"event: heartbeat\ndata: {json.dumps({'position': position, 'now': 0})}\n\n"
                try:
                    request.wfile.write(f"{len(text.encode()):x}\r\n{text}\r\n".encode())
                    request.wfile.flush()
                except OSError:
                    return
            with self.changed:
                if self.position == told:
                    self.changed.wait(0.05)
