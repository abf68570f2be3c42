"""A stand-in of AWS KMS on loopback: its wire protocol, JSON 1.1 under Signature Version 4.

It imports nothing of ours. Requests without a signature that holds are refused, as AWS does.
Written after the AWS KMS API reference and "Signature Version 4 for API requests".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "us-east-1"
ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"  # AWS's own examples
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<access>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/kms/"
    r"aws4_request, SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass
class Kms:
    """Keys, aliases, and everything that was asked."""

    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failing: tuple[int, str] | None = None  # answer this to everything
    away: bool = False  # drop every connection
    unsigned: int = 0
    port: int = 0

    @property
    def reference(self) -> str:
        """Give what stands as [signing] keys."""
        return f"kms:{REGION}/docgen?endpoint=http://127.0.0.1:{self.port}"

    def find(self, name: str) -> str:
        """Find a key by alias or by its own name."""
        key = self.aliases.get(name, name)
        if key not in self.keys:
            raise LookupError
        return key

    def answer(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Carry one request out."""
        match action:
            case "CreateKey":
                return self._create(asked)
            case "CreateAlias":
                self.aliases[asked["AliasName"]] = self.find(asked["TargetKeyId"])
                return {}
            case "GetPublicKey":
                key = self.find(asked["KeyId"])
                return {
                    "KeyId": key,
                    "KeySpec": "ECC_NIST_P256",
                    "KeyUsage": "SIGN_VERIFY",
                    "SigningAlgorithms": ["ECDSA_SHA_256"],
                    "PublicKey": _base64(_public(self.keys[key])),
                }
            case "Sign":
                return self._sign(asked)
            case _:
                raise ValueError(action)

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        if (asked["KeySpec"], asked["KeyUsage"]) != ("ECC_NIST_P256", "SIGN_VERIFY"):
            raise ValueError(asked)
        arn = f"arn:aws:kms:{REGION}:111122223333:key/{len(self.keys):08d}"
        self.keys[arn] = ec.generate_private_key(ec.SECP256R1())
        return {"KeyMetadata": {"KeyId": arn.rpartition("/")[2], "Arn": arn}}

    def _sign(self, asked: dict[str, Any]) -> dict[str, Any]:
        digest = base64.b64decode(asked["Message"])
        if asked["MessageType"] != "DIGEST" or asked["SigningAlgorithm"] != "ECDSA_SHA_256":
            raise ValueError(asked)
        key = self.find(asked["KeyId"])
        signature = self.keys[key].sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        return {
            "KeyId": key,
            "Signature": _base64(signature),
            "SigningAlgorithm": "ECDSA_SHA_256",
        }


@contextmanager
def kms_standin() -> Iterator[Kms]:
    """Serve a stand-in on a port of its own until the end."""
    kms = Kms()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kms.away:
                self.close_connection = True
                self.connection.close()
                return
            status, said = _answer(kms, self, body)
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("x-amzn-RequestId", "11111111-2222-3333-4444-555555555555")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of connections that were dropped."""

    server = Server(("127.0.0.1", 0), Handler)
    kms.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield kms
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(kms: Kms, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, Any]]:
    if not signed(request, body):
        kms.unsigned += 1
        return 400, {"__type": "InvalidSignatureException", "message": "no signature that holds"}
    target, _, action = request.headers.get("X-Amz-Target", "").partition(".")
    asked = json.loads(body)
    kms.asked.append((action, asked))
    if kms.failing is not None:
        status, code = kms.failing
        return status, {"__type": code, "message": "it would say something here"}
    if target != "TrentService":
        return 400, {"__type": "UnknownOperationException"}
    try:
        return 200, kms.answer(action, asked)
    except LookupError:
        return 400, {"__type": "NotFoundException", "message": "not found"}
    except (KeyError, ValueError):
        return 400, {"__type": "ValidationException", "message": "not valid"}


def signed(request: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Recompute Signature Version 4 over a request."""
    found = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    when = request.headers.get("X-Amz-Date", "")
    if found is None or found["access"] != ACCESS or not when.startswith(found["day"]):
        return False
    names = found["headers"].split(";")
    if not {"host", "x-amz-date", "x-amz-target"} <= set(names):
        return False
    lines = [f"{name}:{' '.join((request.headers.get(name) or '').split())}\n" for name in names]
    canonical = "\n".join(
        ["POST", "/", "", "".join(lines), found["headers"], hashlib.sha256(body).hexdigest()]
    )
    scope = f"{found['day']}/{found['region']}/kms/aws4_request"
    text = "\n".join(
        ["AWS4-HMAC-SHA256", when, scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = f"AWS4{SECRET}".encode()
    for part in (found["day"], found["region"], "kms", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), found["signature"])


def _public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
