"""Each number and address has one written form, and wrong ones are refused by their own rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.enrollment import identifiers
from docgen.domain.enrollment.npi import npi_check_digit, npi_valid
from docgen.domain.enrollment.places import STATES, find_state, zip_fits_state
from docgen.errors import EnrollmentInvalid

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED = ["1234567893", "1558598797"]  # the first is the example in the CMS standard
SYNTHETIC = [
    *("2000000010", "2000000028", "2000000036", "2000000044"),
    *("2000000051", "2000000101", "2000000994", "2999999990"),
]


@pytest.mark.parametrize("npi", [*PUBLISHED, *SYNTHETIC])
def test_valid_npis_are_accepted(npi: str) -> None:
    """Published and synthetic numbers with a right check digit pass."""
    assert identifiers.parse_npi(f" {npi} ") == npi


@pytest.mark.parametrize(
    "npi",
    [
        *("1234567892", "1234567839", "3000000018", "0000000000", "123456789", "12345678933"),
        *("123456789３", "١٢٣٤٥٦٧٨٩٣", "1234 567893", "123456789X", "-123456789", ""),
    ],
)
def test_wrong_npis_are_refused(npi: str) -> None:
    """Wrong check digits, first digits, lengths and digits of other scripts are refused."""
    assert not npi_valid(npi)
    with pytest.raises(EnrollmentInvalid):
        identifiers.parse_npi(npi)


@given(st.integers(min_value=100_000_000, max_value=299_999_999), st.integers(0, 9))
def test_exactly_one_check_digit_fits(nine: int, digit: int) -> None:
    """For nine digits only the computed tenth makes a valid number."""
    stem = str(nine)
    assert npi_valid(f"{stem}{digit}") == (npi_check_digit(stem) == digit)


@given(st.integers(min_value=100_000_000, max_value=299_999_999))
def test_the_check_digit_is_luhn_behind_80840(nine: int) -> None:
    """The digit agrees with the plain Luhn sum over the fifteen-digit card number."""
    number = f"80840{nine}{npi_check_digit(str(nine))}"
    total = 0
    for place, char in enumerate(reversed(number)):
        value = int(char) * (1 + place % 2)
        total += value // 10 + value % 10
    assert total % 10 == 0


def _refused(parse: Callable[[str], str], text: str) -> str:
    with pytest.raises(EnrollmentInvalid) as invalid:
        parse(text)
    return invalid.value.problems[0].rule


@pytest.mark.parametrize("text", ["12-3456789", "123456789", " 12-3456789 "])
def test_an_ein_has_one_written_form(text: str) -> None:
    """Nine digits are hyphenated the way the IRS writes them."""
    assert identifiers.parse_ein(text) == "12-3456789"


@pytest.mark.parametrize("text", ["000-12-3456", "000 12 3456"])
def test_a_social_security_number_is_refused_and_named_as_such(text: str) -> None:
    """The message tells the person to take the number out, without repeating it."""
    with pytest.raises(EnrollmentInvalid) as invalid:
        identifiers.parse_ein(text)
    (problem,) = invalid.value.problems
    assert "Social Security" in problem.message
    assert "3456" not in problem.message


@pytest.mark.parametrize(
    "text", ["12-345678", "1-23456789", "12345678", "AB-3456789", "12–3456789"]
)
def test_other_shapes_are_no_ein(text: str) -> None:
    """Anything but two and seven digits is refused."""
    assert _refused(identifiers.parse_ein, text) == "val.ein"


def test_unused_ein_prefixes_are_known() -> None:
    """Prefixes outside the IRS list are recognised, others are not."""
    assert identifiers.ein_prefix_unused("00-0000000")
    assert identifiers.ein_prefix_unused("97-0000000")
    assert not identifiers.ein_prefix_unused("12-3456789")


def test_there_are_fifty_states_the_district_and_five_territories() -> None:
    """56 codes, of which five are territories."""
    assert len(STATES) == 56
    assert sum(one.is_territory for one in STATES.values()) == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TX", "TX"),
        ("tx", "TX"),
        ("Texas", "TX"),
        ("new york", "NY"),
        ("District of Columbia", "DC"),
        ("Puerto Rico", "PR"),
        ("U.S. Virgin Islands", "VI"),
        ("the Northern Mariana Islands", "MP"),
    ],
)
def test_states_are_found_by_code_and_name(text: str, code: str) -> None:
    """A code or a full name in any case gives the code."""
    assert identifiers.parse_state(text) == code


@pytest.mark.parametrize("text", ["ZZ", "Ontario", "T X", "AE", "ＴＸ"])
def test_other_places_are_no_state(text: str) -> None:
    """Foreign places, military codes and full-width letters are refused."""
    assert find_state(text) is None
    assert _refused(identifiers.parse_state, text) == "val.state"


@pytest.mark.parametrize(
    ("postal_code", "fitting"),
    [
        ("78731", "TX"),
        ("04843", "ME"),
        ("00730", "PR"),
        ("20001", "DC"),
        ("06390", "NY"),
        ("73301", "TX"),
        ("02139", "MA"),
        ("96910", "GU"),
        ("99501", "AK"),
    ],
)
def test_zip_prefixes_belong_to_states(postal_code: str, fitting: str) -> None:
    """A ZIP code fits its own state and not an arbitrary other one."""
    assert zip_fits_state(postal_code, fitting)
    assert not zip_fits_state(postal_code, "CA")


def test_no_two_states_share_a_zip_prefix_but_the_pacific_ones() -> None:
    """Prefix ranges overlap only where one prefix really serves two places."""
    owners = {
        prefix: [code for code in STATES if zip_fits_state(f"{prefix:03}01", code)]
        for prefix in range(1000)
    }
    shared = {prefix: codes for prefix, codes in owners.items() if len(codes) > 1}
    assert shared == {63: ["CT", "NY"], 967: ["HI", "AS"], 969: ["GU", "MP"]}


@pytest.mark.parametrize("text", ["7873", "787311", "78731-12", "7873a", "٧٨٧٣١", "78731 1234"])
def test_other_shapes_are_no_zip(text: str) -> None:
    """Five digits, or nine, in ASCII."""
    assert _refused(identifiers.parse_zip, text) == "val.zip"


def test_nine_digits_are_a_long_zip() -> None:
    """ZIP+4 gets its hyphen."""
    assert identifiers.parse_zip("787311234") == "78731-1234"
    assert identifiers.parse_zip("78731-1234") == "78731-1234"


@pytest.mark.parametrize(
    "text",
    ["(512) 555-0100", "512.555.0100", "1 512 555 0100", "+1-512-555-0100", "512–555–0100"],
)
def test_a_phone_number_has_one_written_form(text: str) -> None:
    """Usual ways to write a number in the United States give the same E.164 form."""
    assert identifiers.parse_phone(text) == "+15125550100"


def test_a_number_abroad_is_kept() -> None:
    """An E.164 number of another country is accepted."""
    assert identifiers.parse_phone("+44 20 7946 0000") == "+442079460000"


@pytest.mark.parametrize(
    "text",
    [
        *("112-555-0100", "512-155-0100", "512-555-010", "+1512555010", "+0123456789", "+1"),
        *("512-555-0100 ext 4", "+15125550100\n+15125550101", "٥١٢٥٥٥٠١٠٠", "+1234567890123456"),
    ],
)
def test_other_shapes_are_no_phone_number(text: str) -> None:
    """Impossible area codes and exchanges, extensions and second numbers are refused."""
    assert _refused(identifiers.parse_phone, text) == "val.phone"


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        *((f"+1 512 555 0100{end}", True) for end in (" x12", "x12", " ext. 12", ", Ext 12")),
        *((f"(512) 555-0100{end}", True) for end in (" extension 12", " #12", ";ext:12")),
        *((f"512-555-0100{end}", False) for end in ("12", " or 12", " x", " x12 x13", "\nx12")),
        *(("x12", False), ("512-555-010", False)),
    ],
)
def test_an_extension_is_told_to_have_a_field_of_its_own(text: str, *, is_told: bool) -> None:
    """Where one stands behind the number; any other wrong number is told as before."""
    with pytest.raises(EnrollmentInvalid) as refused:
        identifiers.parse_phone(text)
    (told,) = refused.value.problems
    assert told.rule == "val.phone"
    assert ("extension has a field of its own" in told.message) is is_told


def test_an_email_address_keeps_its_local_part() -> None:
    """Only the domain is lower-cased."""
    assert identifiers.parse_email(" Ann.O'Hara+x@Example.ORG ") == "Ann.O'Hara+x@example.org"


@pytest.mark.parametrize(
    "text",
    [
        *("a@example.org\r\nBcc: b@example.org", "a@example.org\n", "a b@example.org", "a@b"),
        *("a@@example.org", "a@example.org,b@example.org", "<a@example.org>", '"a"@example.org'),
        *(".a@example.org", "a.@example.org", "a..b@example.org", "@example.org", "a@", "a"),
        *("a@-x.org", "a@x-.org", "a@example.o", "a@exam_ple.org", "ä@example.org"),
        *("a@exämple.org", "{{a}}@example.org", "a@[127.0.0.1]", "a@example.org.", "a@1.2.3.4"),
        *("a" * 65 + "@example.org", "a@" + "b" * 64 + ".org", f"a@{'b.' * 125}example.org"),
        "a@example.org\x00",
    ],
)
def test_other_shapes_are_no_email_address(text: str) -> None:
    """One plain address only: no headers, lists, quotes, addresses in brackets or accents."""
    assert _refused(identifiers.parse_email, text) == "val.email"


def test_shared_mailboxes_are_known() -> None:
    """A mailbox several people may read is recognised whatever its capitals."""
    assert identifiers.is_shared_mailbox("Info@example.org")
    assert not identifiers.is_shared_mailbox("infante@example.org")


@pytest.mark.parametrize(
    "text", ["https://example.org", "https://example.org:8443/a?b=c#d", "https://x.example.org/ä"]
)
def test_https_addresses_are_kept_if_ascii(text: str) -> None:
    """An https address passes; one that is not ASCII is refused."""
    if text.isascii():
        assert identifiers.parse_url(text) == text
    else:
        assert _refused(identifiers.parse_url, text) == "val.url"


@pytest.mark.parametrize(
    "text",
    [
        *("http://example.org", "ftp://example.org", "javascript:alert(1)", "https://localhost"),
        *("https://user@example.org", "https://user:word@example.org", "https://", "example.org"),
        *(
            "https://example.org:99999",
            "https://[::1]/",
            "https://exa mple.org",
            "https://a\\b.org",
        ),
        *("https://example.org/{{x}}", "https://example.org/\x00", "https://127.0.0.1"),
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    """Only https, only named hosts, no credentials, nothing unprintable."""
    assert _refused(identifiers.parse_url, text) == "val.url"


@pytest.mark.parametrize(("text", "number"), [("P0015", "P0015"), ("p0146", "P0146")])
def test_pso_numbers(text: str, number: str) -> None:
    """P and four digits."""
    assert identifiers.parse_pso_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "P.O. Box 12",
        "PO Box 12",
        "p o box 4",
        "Post Office Box 9",
        "Box 12",
        "POBox 7",
        "PO Drawer 3",
    ],
)
def test_post_office_boxes_are_recognised(text: str) -> None:
    """All usual ways to write a box are recognised."""
    assert identifiers.is_po_box(text)


@pytest.mark.parametrize(
    "text", ["12 Boxwood Lane", "400 Post Office Road", "Popolo Street 1", "Building P, Oak Row"]
)
def test_streets_are_not_boxes(text: str) -> None:
    """Streets that merely sound alike pass."""
    assert not identifiers.is_po_box(text)
