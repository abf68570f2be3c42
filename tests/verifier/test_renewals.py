"""Renewals beside a bundle: what ages is judged as of the first, and each attack is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import tsp
from cryptography import x509

from docgen.domain.canonical import canonical_json
from integrations.sign.authority import LocalAuthority, certificate
from tests.verifier.handling import anchor_of, load_verifier, pack, relist, unpack
from tests.verifier.making import START, VERIFIER, Made, make
from tests.verifier.renewing import PACKET, Renewing, ShortLived, in_base64, respond
from tests.verifier.signing import real_kit, small_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST = datetime(2040, 6, 1, tzinfo=UTC)
SECOND = datetime(2060, 6, 1, tzinfo=UTC)  # the site's own authority ends in 2066
AFTER_FIRST = datetime(2061, 1, 1, tzinfo=UTC)  # when the bundle by itself has long grown old
AFTER_BOTH = datetime(2075, 1, 1, tzinfo=UTC)
HUGE = 1024 * 1024 + 1


@dataclass(frozen=True, repr=False)
class Scene:
    """A bundle, its anchor and three authorities: the site's, one trusted later, a stranger's."""

    data: bytes
    anchor_bytes: bytes
    anchor: Any
    authority: LocalAuthority
    other: ShortLived
    foreign: ShortLived

    @property
    def own(self) -> Any:
        """Give the key of the site's time stamps."""
        return self.authority.stamping

    def renewed(self, at: datetime = FIRST, **changes: Any) -> Renewing:
        """Renew once, by the site's own authority."""
        return Renewing(self.data).renew(self.own, at, **changes)

    def twice(self) -> Renewing:
        """Renew a second time, by the other authority."""
        return self.renewed().renew(self.other, SECOND)

    def examine(self, renewing: Renewing, at: datetime) -> Any:
        """Run every check."""
        verifier = load_verifier()
        renewals = tuple(
            verifier.Renewal(number, record, stamp)
            for number, (record, stamp) in enumerate(renewing.pairs, start=1)
        )
        return verifier.examine_all(self.data, at, self.anchor, renewals=renewals)

    def verdict(self, renewing: Renewing, at: datetime) -> tuple[int, str, bool]:
        """Give code, words and whether renewal is due."""
        case, findings = self.examine(renewing, at)
        return (*load_verifier().conclude(case, findings), case.renewal_due)

    def found(self, renewing: Renewing, at: datetime = AFTER_FIRST) -> Any:
        """Give what the check of the renewals found."""
        _, findings = self.examine(renewing, at)
        return next((item for item in findings if item.id == "renewals"), None)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Make the bundle once."""
    folder = tmp_path_factory.mktemp("renewals")
    made = make(real_kit(folder), {"psa": small_pdf("Provider Services Agreement")})
    other = ShortLived(datetime(2050, 1, 1, tzinfo=UTC), datetime(2080, 1, 1, tzinfo=UTC))
    told = json.loads(made.anchor)
    told["timestamp_roots"].append(other.root.decode())
    raw = canonical_json(told)
    return Scene(
        data=made.data,
        anchor_bytes=raw,
        anchor=anchor_of(raw, folder),
        authority=LocalAuthority.open_or_create(folder / "authority", at=START),
        other=other,
        foreign=ShortLived(START, datetime(2065, 1, 1, tzinfo=UTC)),
    )


@pytest.fixture(params=["pyHanko", "openssl"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Check by either of the two means."""
    if request.param == "openssl":
        monkeypatch.setattr(load_verifier(), "pyhanko_missing", lambda: "it is left out here")
    return str(request.param)


def test_without_a_renewal_it_grows_old_and_with_one_everything_holds(scene: Scene) -> None:
    """What is due without a renewal made in time is said to be due no more."""
    code, words, due = scene.verdict(Renewing(scene.data), AFTER_FIRST)
    assert (code, due) == (0, True)
    assert "renewal due" in words
    code, words, due = scene.verdict(scene.renewed(), AFTER_FIRST)
    assert (code, due) == (0, False)
    assert words.startswith("EVERYTHING HOLDS")
    assert " Its protection was last renewed on 2040-06-01." in words
    assert "renewal due" not in words


def test_two_renewals_over_two_authorities(scene: Scene) -> None:
    """The second protects when the authority of the first has ended; the first alone is due."""
    code, words, due = scene.verdict(scene.renewed(), AFTER_BOTH)
    assert (code, due) == (0, True)
    assert "last renewed on 2040-06-01." in words
    assert "Time stamp renewal due" in words
    code, words, due = scene.verdict(scene.twice(), AFTER_BOTH)
    assert (code, due) == (0, False)
    assert "last renewed on 2060-06-01." in words


def test_the_certificates_and_lists_of_the_day_are_used(scene: Scene) -> None:
    """A record as the product writes it, with what its authority publishes, holds as well."""
    evidence = scene.authority.evidence(at=FIRST)
    renewing = scene.renewed(
        certificates=in_base64(evidence.certificates), lists=in_base64(evidence.crls)
    )
    assert scene.verdict(renewing, AFTER_FIRST)[0::2] == (0, False)


def _issued(folder: Path, *, revoked: bool) -> tuple[Any, Any, LocalAuthority]:
    """Make a bundle whose first signer's certificate was withdrawn before signing, or not."""
    kit: Any = real_kit(folder)
    authority = kit.signer._authority
    issue = authority.issue

    def issued(holder: Any, *, at: datetime) -> Any:
        credential = issue(holder, at=at)
        if revoked:
            serial = x509.load_der_x509_certificate(credential.certificate).serial_number
            authority.revoke(serial, at=START)
        return credential

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authority, "issue", issued)
        made = make(kit, {"psa": small_pdf("Provider Services Agreement")})
    return made.data, anchor_of(made.anchor, folder), authority


@pytest.mark.parametrize("revoked", [True, False])
def test_an_older_list_hides_no_withdrawal(tmp_path: Path, *, revoked: bool) -> None:
    """A list from before, which anybody can have stamped, does not outdo the one in the file."""
    verifier = load_verifier()
    kit: Any = real_kit(tmp_path)
    old = in_base64(kit.signer._authority.evidence(at=START).crls)
    data, anchor, authority = _issued(tmp_path, revoked=revoked)
    renewing = Renewing(data).renew(authority.stamping, FIRST, lists=old)
    renewals = (verifier.Renewal(1, *renewing.pairs[0]),)
    _, findings = verifier.examine_all(data, AFTER_FIRST, anchor, renewals=renewals)
    failing = {item.id for item in findings if item.result == "failed"}
    assert failing == ({"pdf.valid"} if revoked else set())


@pytest.mark.parametrize("recorded", [True, False])
def test_lists_that_speak_for_days_are_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, recorded: bool
) -> None:
    """An authority's usual lists soon say nothing; those of the day of renewal stand in."""
    verifier = load_verifier()
    monkeypatch.setattr(certificate, "LIST_LIFE", timedelta(days=30))
    data, anchor, authority = _issued(tmp_path, revoked=False)
    evidence = authority.evidence(at=FIRST)
    lists = in_base64(evidence.crls) if recorded else []
    renewing = Renewing(data).renew(authority.stamping, FIRST, lists=lists)
    renewals = (verifier.Renewal(1, *renewing.pairs[0]),)
    case, findings = verifier.examine_all(data, AFTER_FIRST, anchor, renewals=renewals)
    assert [item for item in findings if item.result != "ok"] == []
    assert case.renewal_due is not recorded


@pytest.mark.parametrize(("at", "says"), [(FIRST, ""), (START, "before the bundle was")])
def test_what_was_signed_on_paper_is_renewed_alike(
    scene: Scene, paper: Made, tmp_path: Path, at: datetime, says: str
) -> None:
    """A bundle without any time stamp of its own is closed by the end of its history."""
    verifier = load_verifier()
    told = json.loads(paper.anchor) | {"timestamp_roots": [scene.authority.roots[0].decode()]}
    anchor = anchor_of(canonical_json(told), tmp_path)
    renewing = Renewing(paper.data).renew(scene.own, at)
    renewals = (verifier.Renewal(1, *renewing.pairs[0]),)
    case, findings = verifier.examine_all(paper.data, AFTER_FIRST, anchor, renewals=renewals)
    found = next(item for item in findings if item.id == "renewals")
    assert says in found.detail
    assert verifier.conclude(case, findings)[0] == (1 if says else 4)


def test_a_renewal_that_came_too_late_for_the_bundle_is_said_to(scene: Scene) -> None:
    """What had grown old before the first renewal stays renewal due, with the reason."""
    renewing = scene.renewed(SECOND)
    code, words, due = scene.verdict(renewing, AFTER_FIRST)
    assert (code, due) == (0, True)
    assert "It had grown old before it was first renewed." in words


@pytest.mark.parametrize("at", [datetime(2030, 1, 1, tzinfo=UTC), AFTER_FIRST])
def test_as_of_a_time_before_a_renewal_all_is_as_without(scene: Scene, at: datetime) -> None:
    """Renewals made later are passed over; where none is left, nothing differs."""
    verifier = load_verifier()
    reports = []
    later = Renewing(scene.data).renew(scene.other, AFTER_BOTH)
    for renewing in (Renewing(scene.data), later):
        case, findings = scene.examine(renewing, at)
        code, words = verifier.conclude(case, findings)
        reports.append(verifier.report(case, findings, scene.data, code, words))
    assert reports[0] == reports[1]
    assert '"renewals"' not in reports[0]


def test_only_the_later_renewals_are_passed_over(scene: Scene) -> None:
    """As of a year between two, the first counts and the second does not."""
    between = datetime(2050, 1, 1, tzinfo=UTC)
    assert scene.found(scene.twice(), between).detail == "renewed 2040-06-01 00:00:00 UTC"


def test_sound_renewals_hold_by_either_means(scene: Scene, by: str) -> None:
    """The control for the attacks: one renewal, and two."""
    assert scene.found(scene.renewed()).result == "ok", by
    assert scene.found(scene.twice(), AFTER_BOTH).result == "ok", by
    lapsed = scene.found(scene.renewed(), AFTER_BOTH)
    assert lapsed.result == "ok"
    assert "expired since: renewal due" in lapsed.detail


@pytest.mark.parametrize("recorded", [True, False])
def test_the_record_makes_up_for_what_a_stamp_does_not_bring_along(
    scene: Scene, tmp_path: Path, by: str, *, recorded: bool
) -> None:
    """An authority between root and stamp is found in the record, and trusted for the root alone."""
    verifier = load_verifier()
    between = ShortLived(START, datetime(2080, 1, 1, tzinfo=UTC), below=True)
    told = json.loads(scene.anchor_bytes) | {"timestamp_roots": [between.root.decode()]}
    known = in_base64((between.issuer,)) if recorded else []
    renewing = Renewing(scene.data).renew(between, FIRST, certificates=known)
    renewals = (verifier.Renewal(1, *renewing.pairs[0]),)
    anchor = anchor_of(canonical_json(told), tmp_path)
    _, findings = verifier.examine_all(scene.data, AFTER_FIRST, anchor, renewals=renewals)
    found = next(item for item in findings if item.id == "renewals")
    assert found.result == ("ok" if recorded else "failed"), (by, found.detail)


def _resealed(scene: Scene, change: Callable[[dict[str, Any]], object]) -> Renewing:
    """Write the record otherwise, and have that stamped."""
    told = Renewing(scene.data).record()
    change(told)
    return scene.renewed(record=canonical_json(told))


def _swapped(scene: Scene) -> Renewing:
    renewing = scene.twice()
    return Renewing(scene.data, renewing.pairs[::-1])


def _changed(scene: Scene) -> Renewing:
    ((record, stamp),) = scene.renewed().pairs
    changed = record.replace(b'"lists":[]', b'"lists":["MAA="]')
    assert changed != record
    return Renewing(scene.data, [(changed, stamp)])


def _elsewhere(scene: Scene) -> Renewing:
    ((record, _),) = scene.renewed().pairs
    return Renewing(scene.data, [(record, respond(record, scene.own, FIRST))])


def _first_exchanged(scene: Scene) -> Renewing:
    """Put another genuine first renewal below the second."""
    second = scene.twice().pairs[1]
    return Renewing(scene.data, [*scene.renewed(FIRST.replace(day=2)).pairs, second])


def _refused(scene: Scene) -> Renewing:
    ((record, stamp),) = scene.renewed().pairs
    answer = tsp.TimeStampResp.load(stamp)
    answer["status"] = {"status": "rejection"}
    return Renewing(scene.data, [(record, answer.dump(force=True))])


def _garbled(scene: Scene, stamp: Callable[[bytes], bytes]) -> Renewing:
    ((record, genuine),) = scene.renewed().pairs
    return Renewing(scene.data, [(record, stamp(genuine))])


def _backwards(scene: Scene) -> Renewing:
    return scene.renewed().renew(scene.own, FIRST.replace(year=2039))


def _too_late(scene: Scene) -> Renewing:
    return scene.renewed().renew(scene.other, datetime(2070, 1, 1, tzinfo=UTC))


ATTACKS: dict[str, tuple[Callable[[Scene], Renewing], str]] = {
    "stamp over other bytes": (_elsewhere, "over something else"),
    "renewal of another bundle": (
        lambda scene: scene.renewed(bundle_sha256="0" * 64),
        "another bundle's",
    ),
    "renewal of another packet": (
        lambda scene: scene.renewed(packet_id=f"{PACKET}2"),
        "another bundle's",
    ),
    "stamp of another bundle": (
        lambda scene: Renewing(scene.data, Renewing(scene.data[:-1]).renew(scene.own, FIRST).pairs),
        "another bundle's",
    ),
    "number of another": (lambda scene: scene.renewed(number=2), "another bundle's"),
    "number that is true": (lambda scene: scene.renewed(number=True), "another bundle's"),
    "swapped order": (_swapped, "another bundle's"),
    "first exchanged": (_first_exchanged, "Renewal 2's time stamp is over something else"),
    "record changed": (_changed, "over something else"),
    "one more key": (lambda scene: scene.renewed(more=""), "record is malformed"),
    "one key less": (
        lambda scene: _resealed(scene, lambda told: told.pop("lists")),
        "record is malformed",
    ),
    "format of tomorrow": (lambda scene: scene.renewed(format="docgen-renewal/2"), "not known"),
    "not canonical": (
        lambda scene: scene.renewed(record=json.dumps(Renewing(scene.data).record()).encode()),
        "not in canonical form",
    ),
    "no object": (lambda scene: scene.renewed(record=b"[]"), "record is malformed"),
    "no JSON": (lambda scene: scene.renewed(record=b"\xff"), "is not JSON"),
    "certificates that are none": (lambda scene: scene.renewed(certificates=["AAAA"]), "is not"),
    "cut certificate": (lambda scene: scene.renewed(certificates=["MIIB"]), "no certificate"),
    "loose base64": (lambda scene: scene.renewed(lists=["MAA=\n"]), "is damaged"),
    "no list": (lambda scene: scene.renewed(lists="MAA="), "record is malformed"),
    "list of numbers": (lambda scene: scene.renewed(lists=[1]), "record is malformed"),
    "foreign root": (
        lambda scene: Renewing(scene.data).renew(scene.foreign, FIRST),
        "of renewal 1 does not hold",
    ),
    "foreign root, known": (
        lambda scene: Renewing(scene.data).renew(
            scene.foreign, FIRST, certificates=in_base64((scene.foreign.certificate,))
        ),
        "of renewal 1 does not hold",
    ),
    "made before the certificate": (
        lambda scene: Renewing(scene.data).renew(scene.other, FIRST),
        "of renewal 1 does not hold",
    ),
    "time that goes back": (_backwards, "before the one it follows"),
    "same second": (
        lambda scene: scene.renewed().renew(scene.own, FIRST),
        "before the one it follows",
    ),
    "before the bundle": (
        lambda scene: scene.renewed(START),
        "before the bundle was",
    ),
    "sha256": (lambda scene: scene.renewed(algorithm="sha256"), "SHA-512"),
    "sha384": (lambda scene: scene.renewed(algorithm="sha384"), "SHA-512"),
    "not granted": (_refused, "not one granted answer"),
    "garbage": (lambda scene: _garbled(scene, lambda _: b"garbage"), "not one granted answer"),
    "nothing": (lambda scene: _garbled(scene, lambda _: b""), "not one granted answer"),
    "cut": (lambda scene: _garbled(scene, lambda stamp: stamp[:-1]), "not one granted answer"),
    "more behind": (
        lambda scene: _garbled(scene, lambda stamp: stamp + b"0"),
        "not one granted answer",
    ),
    "signature altered": (
        lambda scene: _garbled(scene, lambda stamp: stamp[:-1] + bytes([stamp[-1] ^ 1])),
        "of renewal 1 does not hold",
    ),
    "too late": (_too_late, "Renewal 2 came too late"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_named(scene: Scene, by: str, name: str) -> None:
    """By either means; the bundle is then judged as without, and does not hold."""
    attack, says = ATTACKS[name]
    case, findings = scene.examine(attack(scene), AFTER_BOTH)
    found = next(item for item in findings if item.id == "renewals")
    assert (found.result, says in found.detail) == ("failed", True), (by, found.detail)
    assert "malformed (" not in found.detail
    assert case.as_of == AFTER_BOTH
    code, words = load_verifier().conclude(case, findings)
    assert code == 1
    assert "renewals" in words
    assert "last renewed" not in words


@pytest.mark.parametrize(("later", "result"), [(0, "ok"), (-1, "failed")])
def test_a_bundle_may_be_renewed_in_the_second_it_was_closed(
    scene: Scene, later: int, result: str
) -> None:
    """Time stamps count whole seconds; one second before is before."""
    stamp = unpack(scene.data)["log/timestamp.tsr"]
    closed = load_verifier().read_stamp(stamp).at
    assert scene.found(scene.renewed(closed + timedelta(seconds=later))).result == result


@pytest.mark.parametrize("place", range(0, 220, 7))
def test_a_damaged_stamp_never_raises(
    scene: Scene, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte altered is refused or passed over, unless it is one that the authority never signs."""
    monkeypatch.setattr(load_verifier(), "CONTENT", ())  # only the renewals are asked about here
    ((record, stamp),) = scene.renewed().pairs
    genuine = scene.found(scene.renewed(), AFTER_BOTH).detail
    for other in {0x00, 0x80, 0xFF} - {stamp[place]}:
        damaged = stamp[:place] + bytes([other]) + stamp[place + 1 :]
        found = scene.found(Renewing(scene.data, [(record, damaged)]), AFTER_BOTH)
        assert found is None or found.result == "failed" or found.detail == genuine


def test_without_any_means_it_is_not_checked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pyHanko nor openssl: said so, and nothing is taken for renewed."""
    verifier = load_verifier()
    monkeypatch.setattr(verifier, "pyhanko_missing", lambda: "it is left out here")
    monkeypatch.setattr(verifier.shutil, "which", lambda _: None)
    case, findings = scene.examine(scene.renewed(), AFTER_FIRST)
    assert next(item for item in findings if item.id == "renewals").result == "not checked"
    assert case.as_of == AFTER_FIRST
    assert verifier.conclude(case, findings)[0] == 5


def test_a_bundle_that_cannot_be_read_leaves_its_renewals_open(scene: Scene) -> None:
    """They say nothing of what does not even begin."""
    verifier = load_verifier()
    renewals = (verifier.Renewal(1, *scene.renewed().pairs[0]),)
    _, findings = verifier.examine_all(b"PK", AFTER_FIRST, scene.anchor, renewals=renewals)
    assert [item.result for item in findings if item.id == "renewals"] == ["not checked"]


# --- the files beside the bundle ---


def _laid_out(scene: Scene, folder: Path) -> dict[str, Path]:
    (folder / "p.bundle.zip").write_bytes(scene.data)
    (folder / "anchor.json").write_bytes(scene.anchor_bytes)
    there = {}
    for number, pair in enumerate(scene.twice().pairs, start=1):
        for kind, content in zip(("json", "tsr"), pair, strict=True):
            there[f"{number}.{kind}"] = folder / f"p.renewal-{number}.{kind}"
            there[f"{number}.{kind}"].write_bytes(content)
    return there


def _ran(folder: Path, *words: str, bare: bool = False) -> tuple[int, dict[str, Any]]:
    flags = ["-I", "-S"] if bare else ["-I"]
    done = subprocess.run(
        [sys.executable, *flags, str(VERIFIER), "p.bundle.zip", "--anchor", "anchor.json",
         "--json", *words],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(("bare", "code"), [(False, 0), (True, 5)])
def test_the_command_finds_them_by_the_bundles_name(
    scene: Scene, tmp_path: Path, code: int, *, bare: bool
) -> None:
    """No option is needed; on a bare machine the openssl program checks them."""
    _laid_out(scene, tmp_path)
    ended, told = _ran(tmp_path, "--at", "2075-01-01", bare=bare)
    checks = {item["id"]: item for item in told["checks"]}
    assert (ended, checks["renewals"]["result"]) == (code, "ok")
    assert told["renewal_due"] is False
    assert "last renewed on 2060-06-01" in told["result"]
    (tmp_path / "p.bundle.zip").rename(tmp_path / "q.bundle.zip")
    (tmp_path / "q.bundle.zip").rename(tmp_path / "p.zip")
    assert load_verifier().read_renewals(str(tmp_path / "p.zip")) == ()


def _many(there: dict[str, Path]) -> None:
    for kind in ("json", "tsr"):
        content = there[f"2.{kind}"].read_bytes()
        for number in range(3, 101):
            there[f"2.{kind}"].with_name(f"p.renewal-{number}.{kind}").write_bytes(content)


def _without(*names: str) -> Callable[[dict[str, Path]], None]:
    def spoil(there: dict[str, Path]) -> None:
        for name in names:
            there[name].unlink()

    return spoil


def _huge(name: str) -> Callable[[dict[str, Path]], None]:
    def spoil(there: dict[str, Path]) -> None:
        there[name].write_bytes(bytes(HUGE))

    return spoil


def _linked(name: str, target: str) -> Callable[[dict[str, Path]], None]:
    def spoil(there: dict[str, Path]) -> None:
        there[name].unlink()
        there[name].symlink_to(target)

    return spoil


SPOILS: dict[str, tuple[Callable[[dict[str, Path]], None], str]] = {
    "gap": (_without("1.json", "1.tsr"), "The record of renewal 1 (.json) is missing."),
    "record missing": (_without("1.json"), "The record of renewal 1 (.json) is missing."),
    "stamp missing": (_without("2.tsr"), "The time stamp of renewal 2 (.tsr) is missing."),
    "huge record": (
        _huge("2.json"),
        "The record of renewal 2 (.json) cannot be read, or is too large (1 MiB).",
    ),
    "huge stamp": (
        _huge("1.tsr"),
        "The time stamp of renewal 1 (.tsr) cannot be read, or is too large (1 MiB).",
    ),
    "folder": (_linked("1.tsr", "."), "The time stamp of renewal 1 (.tsr) is not a file."),
    "endless": (_linked("1.tsr", "/dev/zero"), "The time stamp of renewal 1 (.tsr) is not a file."),
    "dangling": (_linked("1.json", "nowhere"), "The record of renewal 1 (.json) is not a file."),
}


@pytest.mark.parametrize("name", SPOILS)
def test_what_is_missing_or_no_file_is_named(scene: Scene, tmp_path: Path, name: str) -> None:
    """The check fails and says which file."""
    spoil, says = SPOILS[name]
    spoil(_laid_out(scene, tmp_path))
    verifier = load_verifier()
    renewals = verifier.read_renewals(str(tmp_path / "p.bundle.zip"))
    _, findings = verifier.examine_all(scene.data, AFTER_BOTH, scene.anchor, renewals=renewals)
    found = next(item for item in findings if item.id == "renewals")
    assert (found.result, found.detail) == ("failed", says)


def test_a_gap_ends_the_command_with_code_1(scene: Scene, tmp_path: Path) -> None:
    """As any check that failed."""
    there = _laid_out(scene, tmp_path)
    there["1.json"].unlink()
    code, told = _ran(tmp_path, "--at", "2075-01-01")
    assert code == 1
    assert told["result"] == "DOES NOT HOLD: failed renewals."


def test_more_than_can_be_are_refused(scene: Scene, tmp_path: Path) -> None:
    """A hundredth is one too many."""
    _many(_laid_out(scene, tmp_path))
    last = load_verifier().read_renewals(str(tmp_path / "p.bundle.zip"))[-1]
    assert (last.number, last.fault) == (100, "There are more than 99 renewals.")


def test_without_renewals_a_report_is_as_it_was(scene: Scene, tmp_path: Path) -> None:
    """No check of theirs is listed, whatever else lies beside the bundle."""
    (tmp_path / "p.bundle.zip").write_bytes(scene.data)
    (tmp_path / "anchor.json").write_bytes(scene.anchor_bytes)
    for name in ("p.renewal-0.json", "p.renewal-01.json", "q.renewal-1.json", "p.renewal-1.txt"):
        (tmp_path / name).write_bytes(b"{}")
    code, told = _ran(tmp_path, "--at", "2026-11-24")
    assert code == 0
    assert "renewals" not in {item["id"] for item in told["checks"]}


# --- what stands on the same parts ---


def test_unsigned_words_beside_a_time_stamp_do_not_date_it(scene: Scene, by: str) -> None:
    """An answer's status may say anything in words, and nobody signs them."""
    files = unpack(scene.data)
    answer = tsp.TimeStampResp.load(files["log/timestamp.tsr"])
    genuine = answer.copy()
    answer["status"] = {
        "status": "granted",
        "status_string": ["Time stamp: Jan  1 00:00:00 2027 GMT"],
    }
    files["log/timestamp.tsr"] = answer.dump(force=True)
    assert files["log/timestamp.tsr"] != genuine.dump()
    verifier, at = load_verifier(), datetime(2030, 1, 1, tzinfo=UTC)
    details = []
    for data in (scene.data, pack(relist(files))):
        _, findings = verifier.examine_all(data, at, scene.anchor)
        details.append(next(item.detail for item in findings if item.id == "log.time"))
    assert details[0] == details[1], by
    assert details[0].startswith("time-stamped 2026-11-23")
