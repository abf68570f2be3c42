"""Keys in a PKCS#11 token: made there, never taken out, gone and back with the token."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pkcs11.exceptions
import pytest

from docgen.errors import ConfigurationError, ServiceRejected, ServiceUnavailable
from integrations.keys.pkcs11 import Pkcs11Keys
from integrations.keys.pkcs11.token import Token
from integrations.keys.pkcs11.wire import MEANINGS, Meaning, parse_place
from tests.contracts.key_store import DIGEST, OutsideKeyStoreContract
from tests.integrations.keys.softhsm import PIN, SOFTHSM, SoftToken, soft_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.key_store import KeyStore


@pytest.fixture
def token() -> Iterator[SoftToken]:
    """Give an empty token."""
    with soft_token() as found:
        yield found


class TestPkcs11Keys(OutsideKeyStoreContract):
    token: SoftToken

    @pytest.fixture
    def store(self, token: SoftToken) -> KeyStore:
        self.token = token
        return Pkcs11Keys.at(token.reference, pin=PIN)

    @pytest.fixture
    def reopened(self, store: KeyStore) -> KeyStore:
        return Pkcs11Keys.at(self.token.reference, pin=PIN)

    def take_away(self) -> None:
        self.token.stop()

    def bring_back(self) -> None:
        self.token.start()


def test_a_wrong_pin_is_a_setting_to_correct(token: SoftToken) -> None:
    """It is said without the PIN, is not retried, and says that tokens lock themselves."""
    wrong = Pkcs11Keys.at(token.reference, pin="99887766")
    with pytest.raises(ConfigurationError, match="does not accept the PIN") as caught:
        wrong.find("acts-001")
    assert "99887766" not in f"{caught.value} {wrong!r} {caught.value.__cause__!r}"
    assert Pkcs11Keys.at(token.reference, pin=PIN).make("acts-001").public_key


def test_each_wrong_pin_is_tried_once(token: SoftToken) -> None:
    """Attack on ourselves: a wrong PIN tried again and again would lock the token."""
    logins = 0

    class Counted(Token):
        def _open(self, *, module_anew: bool) -> pkcs11.Session:
            nonlocal logins
            logins += 1
            return super()._open(module_anew=module_anew)

    store = Pkcs11Keys.at(token.reference, pin="99887766")
    store._token = Counted(parse_place(token.reference), "99887766")
    with pytest.raises(ConfigurationError):
        store.find("acts-001")
    assert logins == 1


def test_a_token_of_another_name_is_not_there(token: SoftToken) -> None:
    """It may come back, so it is tried again; the sentence says what to look at."""
    other = token.reference.replace("token=docgen", "token=other")
    with pytest.raises(ServiceUnavailable, match="not there"):
        Pkcs11Keys.at(other, pin=PIN).find("acts-001")


@pytest.mark.parametrize("content", [None, b"no library"])
def test_a_module_that_cannot_be_loaded_is_a_setting(tmp_path: Path, content: bytes | None) -> None:
    """Missing, or no library at all."""
    path = tmp_path / "module.so"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="module-path"):
        Pkcs11Keys.at(f"pkcs11:token=x?module-path={path}", pin=PIN).find("acts-001")


def test_keys_cannot_be_taken_out(token: SoftToken) -> None:
    """What we make is sensitive, was never extractable, and the token gives no value."""
    store = Pkcs11Keys.at(token.reference, pin=PIN)
    store.make("acts-001")

    def look(session: pkcs11.Session) -> pkcs11.PrivateKey:
        found = session.get_key(
            object_class=pkcs11.ObjectClass.PRIVATE_KEY, label="docgen-acts-001"
        )
        assert found[pkcs11.Attribute.NEVER_EXTRACTABLE]
        assert found[pkcs11.Attribute.ALWAYS_SENSITIVE]
        with pytest.raises(pkcs11.exceptions.AttributeSensitive):
            found[pkcs11.Attribute.VALUE]
        return found  # type: ignore[return-value]  # python-pkcs11 types it as any key

    store._token.call(look)


def test_a_key_that_could_be_taken_out_is_not_used(token: SoftToken) -> None:
    """Attack: somebody puts a key of that name into the token, of which there is a copy."""
    store = Pkcs11Keys.at(token.reference, pin=PIN)

    def plant(session: pkcs11.Session) -> None:
        curve = pkcs11.util.ec.encode_named_curve_parameters("secp256r1")
        session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
        ).generate_keypair(
            label="docgen-acts-001",
            store=True,
            private_template={
                pkcs11.Attribute.SENSITIVE: False,
                pkcs11.Attribute.EXTRACTABLE: True,
            },
        )

    store._token.writing(plant)
    with pytest.raises(ServiceRejected, match="taken out"):
        store.find("acts-001")


def test_two_keys_of_one_name_are_refused(token: SoftToken) -> None:
    """Attack: which of them would sign is left to nobody."""
    from integrations.keys.pkcs11.store import _generate

    store = Pkcs11Keys.at(token.reference, pin=PIN)
    for _ in range(2):
        store._token.writing(lambda session: _generate(session, "docgen-acts-001"))
    with pytest.raises(ServiceRejected, match="two keys"):
        store.find("acts-001")


def test_sites_share_a_token_under_prefixes(token: SoftToken) -> None:
    """`object=` keeps their keys apart."""
    one = Pkcs11Keys.at(token.reference, pin=PIN)
    other = Pkcs11Keys.at(token.reference.replace("?", ";object=second?"), pin=PIN)
    one.make("acts-001")
    assert other.find("acts-001") is None
    assert other.make("acts-001").public_key != one.make("acts-001").public_key


def test_a_forked_process_signs_too(token: SoftToken) -> None:
    """The module is started anew in it; the parent goes on."""
    key = Pkcs11Keys.at(token.reference, pin=PIN).make("acts-001")
    key.sign(DIGEST)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if key.sign(DIGEST) else 1
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert key.sign(DIGEST)


def test_every_error_of_the_library_has_a_meaning() -> None:
    """One that is new in another version of python-pkcs11 fails here."""
    there = {
        name
        for name, item in vars(pkcs11.exceptions).items()
        if isinstance(item, type) and issubclass(item, pkcs11.exceptions.PKCS11Error)
    }
    assert set(MEANINGS) == there
    assert set(MEANINGS.values()) == set(Meaning)


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("pkcs11:", "pkcs11:token=LABEL"),
        ("pkcs11:token=x", "module-path"),
        (f"pkcs11:?module-path={SOFTHSM}", "pkcs11:token=LABEL"),
        (f"pkcs11:token=x;slot-id=1?module-path={SOFTHSM}", "pkcs11:token=LABEL"),
        (f"pkcs11:token=x?module-path={SOFTHSM}&other=1", "pkcs11:token=LABEL"),
        (f"pkcs11:token=x?module-path={SOFTHSM}&pin-value=1234", "must not hold the token's PIN"),
        (f"pkcs11:token=x?module-path={SOFTHSM}&pin-source=file:/x", "pin_file"),
    ],
)
def test_a_place_that_is_none_is_told(reference: str, told: str) -> None:
    """Each mistake names what to put there; a PIN in the settings is refused and not repeated."""
    with pytest.raises(ConfigurationError, match=told) as caught:
        parse_place(reference)
    assert "1234" not in str(caught.value)


def test_a_place_is_read_as_rfc_7512_writes_it() -> None:
    """Percent signs are decoded; the serial number may stand for the label."""
    place = parse_place("pkcs11:token=Our%20HSM;serial=00a1;object=site?module-path=/lib/x.so")
    assert (place.token, place.serial, place.prefix) == ("Our HSM", "00a1", "site")
    assert place.module == "/lib/x.so"


def test_without_a_pin_nothing_is_opened() -> None:
    """The settings that give it are named."""
    with pytest.raises(ConfigurationError, match="DOCGEN_SIGNING_PIN"):
        Pkcs11Keys.at(f"pkcs11:token=x?module-path={SOFTHSM}", pin="")
