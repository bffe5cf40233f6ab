"""Owns a small API server: `python examples/apiserver.py <issuer> <audience>`. It says on which port it listens.

`GET /` answers who the token is about. The standard library's server, so that what is measured is the verifier.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from warifu_verify import VerificationError, Verifier, refusal_of

issuer, audience = sys.argv[1:3]
verifier = Verifier(issuer=issuer, audience=audience)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave together.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            self.answer(200, {"sub": verifier.verify(token)["sub"]}, {})
        except VerificationError as error:
            status, headers, body = refusal_of(error)
            self.answer(status, body, headers)

    def answer(self, status: int, body: dict[str, str], headers: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Callers that hang up are no fault."""


verifier.ready()
server = Server(("127.0.0.1", 0), Handler)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
