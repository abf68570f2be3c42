"""Keys in AWS KMS: only digests leave this machine, under Signature Version 4."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from docgen.errors import (
    ConfigurationError,
    ServiceRejected,
    ServiceUnavailable,
    Unauthorized,
)
from integrations.keys.kms import KmsKeys
from integrations.keys.kms.client import KmsClient
from integrations.keys.kms.wire import MEANINGS, Meaning, meaning_of, parse_place
from tests.contracts.key_store import DIGEST, OutsideKeyStoreContract
from tests.integrations.keys.kms.standin import ACCESS, REGION, SECRET, Kms, kms_standin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.key_store import KeyStore


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this process the credentials that the stand-in knows, and no others of this machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")


@pytest.fixture
def kms() -> Iterator[Kms]:
    """Give a stand-in without keys."""
    with kms_standin() as found:
        yield found


class TestKmsKeys(OutsideKeyStoreContract):
    kms: Kms

    @pytest.fixture
    def store(self, kms: Kms) -> KeyStore:
        self.kms = kms
        return KmsKeys.at(kms.reference)

    @pytest.fixture
    def reopened(self, store: KeyStore) -> KeyStore:
        return KmsKeys.at(self.kms.reference)

    def take_away(self) -> None:
        self.kms.away = True

    def bring_back(self) -> None:
        self.kms.away = False


def test_only_the_digest_is_sent(kms: Kms) -> None:
    """A signature is asked for with its digest and the key's own name, and nothing else."""
    KmsKeys.at(kms.reference).make("acts-001").sign(DIGEST)
    action, asked = kms.asked[-1]
    assert action == "Sign"
    assert asked == {
        "KeyId": next(iter(kms.keys)),
        "Message": base64.b64encode(DIGEST).decode(),
        "MessageType": "DIGEST",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    assert kms.unsigned == 0


def test_an_alias_that_moves_changes_no_key_in_use(kms: Kms) -> None:
    """Attack: the alias is pointed to another key while we run; we go on with ours."""
    store = KmsKeys.at(kms.reference)
    key, other = store.make("acts-001"), store.make("acts-002")
    kms.aliases["alias/docgen-acts-001"] = kms.aliases["alias/docgen-acts-002"]
    key.sign(DIGEST)
    assert kms.asked[-1][1]["KeyId"] == next(iter(kms.keys))
    assert key.public_key != other.public_key


def test_a_request_without_our_signature_is_refused(
    kms: Kms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the stand-in checks, so that the others show that we sign our requests."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(Unauthorized, match="InvalidSignatureException"):
        KmsKeys.at(kms.reference).find("acts-001")
    assert kms.unsigned == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "ThrottlingException", ServiceUnavailable),
        (500, "KMSInternalException", ServiceUnavailable),
        (500, "SomethingNew", ServiceUnavailable),
        (400, "SomethingNew", ServiceRejected),
        (400, "DisabledException", ServiceRejected),
        (400, "KMSInvalidStateException", ServiceRejected),
        (400, "AccessDeniedException", Unauthorized),
        (400, "ExpiredTokenException", Unauthorized),
    ],
)
def test_what_kms_says_is_told_in_our_words(
    kms: Kms, status: int, code: str, kind: type[Exception]
) -> None:
    """Its code and the request's id are told, its sentence never."""
    key = KmsKeys.at(kms.reference).make("acts-001")
    kms.failing = (status, code)
    with pytest.raises(kind, match=code) as caught:
        key.sign(DIGEST)
    assert type(caught.value) is kind
    assert "it would say something" not in str(caught.value)
    assert getattr(caught.value, "request_id", None) == "11111111-2222-3333-4444-555555555555"


def stubbed() -> tuple[KmsClient, Stubber]:
    """Give a client whose answers are planned."""
    client = boto3.client("kms", region_name=REGION)
    return KmsClient(client), Stubber(client)


def test_every_error_that_kms_names_has_a_meaning() -> None:
    """Of each act that we use, as botocore's description of the service lists them."""
    model = boto3.client("kms", region_name=REGION).meta.service_model
    for act in ("Sign", "GetPublicKey", "CreateKey", "CreateAlias"):
        for shape in model.operation_model(act).error_shapes:
            code = shape.metadata.get("error", {}).get("code", shape.name)
            assert {shape.name, code} & set(MEANINGS), f"{act}: {shape.name}"
    assert set(MEANINGS.values()) == set(Meaning)


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_each_meaning_is_an_error_of_ours(code: str) -> None:
    """Stubbed, code by code: later, refused, or not known to it."""
    client, planned = stubbed()
    planned.add_client_error("sign", code, "words", 400)
    kind = {
        Meaning.LATER: ServiceUnavailable,
        Meaning.REFUSED: ServiceRejected,
        Meaning.UNKNOWN_TO_IT: Unauthorized,
    }[meaning_of(code, 400)]
    with planned, pytest.raises(kind) as caught:
        client.sign("key", DIGEST)
    assert type(caught.value) is kind


def test_a_key_for_something_else_is_not_used() -> None:
    """Attack or mistake: the alias names a key for encryption."""
    client, planned = stubbed()
    answer = {"KeyId": "k", "KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "RSA_2048", "PublicKey": b""}
    planned.add_response("get_public_key", answer)
    with planned, pytest.raises(ServiceRejected, match="none for P-256"):
        client.find("alias/docgen-acts-001")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EndpointConnectionError(endpoint_url="https://kms"), ServiceUnavailable),
        (ConnectTimeoutError(endpoint_url="https://kms"), ServiceUnavailable),
        (ReadTimeoutError(endpoint_url="https://kms"), ServiceUnavailable),
        (NoCredentialsError(), ConfigurationError),
    ],
)
def test_what_never_reached_kms_is_told_too(error: Exception, kind: type[Exception]) -> None:
    """A net that is down is tried again; missing credentials are a setting."""

    class Net:
        def sign(self, **_: Any) -> None:
            raise error

    with pytest.raises(kind):
        KmsClient(Net()).sign("key", DIGEST)


@pytest.mark.parametrize(
    "reference",
    [
        "kms:",
        "kms:us-east-1",
        "kms:us-east-1/",
        "kms:nowhere/docgen",
        "kms:us-east-1/aws/mine",
        "kms:us-east-1/a b",
        "kms:us-east-1/docgen?other=1",
        "kms:us-east-1/docgen?endpoint=http://kms.example.org",
        "kms:us-east-1/docgen?endpoint=ftp://127.0.0.1",
        "kms:us-east-1/docgen?endpoint=",
    ],
)
def test_a_place_that_is_none_is_told(reference: str) -> None:
    """Plain http is for this machine alone."""
    with pytest.raises(ConfigurationError, match="kms:REGION/PREFIX"):
        parse_place(reference)


def test_a_place_is_region_and_prefix() -> None:
    """An endpoint may follow, such as one in a network of one's own."""
    place = parse_place("kms:us-gov-west-1/docgen/site?endpoint=https://vpce-1.example.org")
    assert (place.region, place.prefix) == ("us-gov-west-1", "docgen/site")
    assert place.endpoint == "https://vpce-1.example.org"
    assert parse_place("kms:us-east-1/docgen").endpoint is None
