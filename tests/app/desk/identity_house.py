"""The house's own sign-in for tests: an OpenID Connect server on a loopback port."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import jwt
from django.test import override_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client

ID, SECRET = "enrollment", "only-for-tests-and-long-enough-for-it"  # opens nothing


@dataclass(kw_only=True)
class House:
    """Says of whoever comes that it is the person in `claims`."""

    address: str = ""
    claims: dict[str, object] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, path: str, body: str) -> dict[str, object]:
        """Answer the product's own requests."""
        if path.endswith("openid-configuration"):
            places = {
                "authorization_endpoint": "authorize",
                "token_endpoint": "token",
                "userinfo_endpoint": "userinfo",
                "jwks_uri": "keys",
            }
            return {
                "issuer": self.address,
                **{key: f"{self.address}/{place}" for key, place in places.items()},
            }
        if path == "/token":
            self.asked.append(parse_qs(body))
            # The product trusts this token because it fetched it itself.
            claims = {"iss": self.address, "aud": ID, **self.claims}
            signed = jwt.encode(claims, SECRET, algorithm="HS256")
            return {"access_token": "a", "token_type": "Bearer", "id_token": signed}
        return self.claims

    def sign_in(self, client: Client) -> HttpResponse:
        """Press the button, come back from the house with its answer."""
        away = client.post("/account/sign-in/house")
        target = urlsplit(away.headers["Location"])
        assert away.headers["Location"].startswith(f"{self.address}/authorize")
        state = parse_qs(target.query)["state"][0]
        return client.get("/account/sign-in/house/back", {"code": "c", "state": state})


@contextmanager
def identity_house() -> Iterator[House]:
    """Run the house's sign-in, and let the site know it."""
    house = House()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            """Answer a request for words."""
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            said = json.dumps(house.answer(self.path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET  # noqa: N815  # the library's name

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    house.address = f"http://127.0.0.1:{server.server_address[1]}"
    app = {
        "provider_id": "house",
        "name": "Example Group",
        "client_id": ID,
        "secret": SECRET,
        "settings": {"server_url": house.address, "oauth_pkce_enabled": True},
    }
    try:
        with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [app]}}):
            yield house
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
