"""States, the District of Columbia and territories: codes, names, ZIP prefixes, time zones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state, the District or a territory; `zips` are ranges of three-digit prefixes."""

    code: str
    name: str
    zips: tuple[tuple[int, int], ...]

    @property
    def is_territory(self) -> bool:
        """Say whether the program must confirm the location first."""
        return self.code in _TERRITORIES

    @property
    def formal_name(self) -> str:
        """Name the government: "the State of Texas", "the Commonwealth of Virginia"."""
        if self.code == "DC":
            return "the District of Columbia"
        if self.code in _COMMONWEALTHS:
            return f"the Commonwealth of {self.name.removeprefix('the ')}"
        if self.code in _TERRITORIES:
            return f"the Territory of {self.name.removeprefix('the ')}"
        return f"the State of {self.name}"


_TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP"})
_COMMONWEALTHS = frozenset({"KY", "MA", "PA", "VA", "PR", "MP"})

_TABLE = """
AL Alabama 350-369|AK Alaska 995-999|AZ Arizona 850-865|AR Arkansas 716-729
CA California 900-961|CO Colorado 800-816|CT Connecticut 060-069|DE Delaware 197-199
DC the_District_of_Columbia 200-200,202-205,569-569|FL Florida 320-349|GA Georgia 300-319,398-399
HI Hawaii 967-968|ID Idaho 832-838|IL Illinois 600-629|IN Indiana 460-479|IA Iowa 500-528
KS Kansas 660-679|KY Kentucky 400-427|LA Louisiana 700-714|ME Maine 039-049
MD Maryland 206-219|MA Massachusetts 010-027,055-055|MI Michigan 480-499
MN Minnesota 550-567|MS Mississippi 386-397|MO Missouri 630-658|MT Montana 590-599
NE Nebraska 680-693|NV Nevada 889-898|NH New_Hampshire 030-038|NJ New_Jersey 070-089
NM New_Mexico 870-884|NY New_York 005-005,063-063,100-149|NC North_Carolina 270-289
ND North_Dakota 580-588|OH Ohio 430-459|OK Oklahoma 730-732,734-749|OR Oregon 970-979
PA Pennsylvania 150-196|RI Rhode_Island 028-029|SC South_Carolina 290-299
SD South_Dakota 570-577|TN Tennessee 370-385|TX Texas 733-733,750-799,885-885
UT Utah 840-847|VT Vermont 050-054,056-059|VA Virginia 201-201,220-246|WA Washington 980-994
WV West_Virginia 247-268|WI Wisconsin 530-549|WY Wyoming 820-831
PR Puerto_Rico 006-007,009-009|GU Guam 969-969|VI the_United_States_Virgin_Islands 008-008
AS American_Samoa 967-967|MP the_Northern_Mariana_Islands 969-969
"""


def _state(row: str) -> State:
    code, name, ranges = row.split(" ")
    pairs = tuple(
        (int(first), int(last)) for first, last in (part.split("-") for part in ranges.split(","))
    )
    return State(code=code, name=name.replace("_", " "), zips=pairs)


STATES = {
    state.code: state
    for line in _TABLE.split("\n")
    if line
    for state in (_state(row) for row in line.split("|"))
}
_BY_NAME = {state.name.removeprefix("the ").casefold(): state.code for state in STATES.values()} | {
    "washington dc": "DC",
    "virgin islands": "VI",
    "us virgin islands": "VI",
}

TIME_ZONES = frozenset(
    [
        "America/New_York",
        "America/Detroit",
        "America/Kentucky/Louisville",
        "America/Kentucky/Monticello",
        "America/Indiana/Indianapolis",
        "America/Indiana/Vincennes",
        "America/Indiana/Winamac",
        "America/Indiana/Marengo",
        "America/Indiana/Petersburg",
        "America/Indiana/Vevay",
        "America/Indiana/Tell_City",
        "America/Indiana/Knox",
        "America/Chicago",
        "America/Menominee",
        "America/North_Dakota/Center",
        "America/North_Dakota/New_Salem",
        "America/North_Dakota/Beulah",
        "America/Denver",
        "America/Boise",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Juneau",
        "America/Sitka",
        "America/Metlakatla",
        "America/Yakutat",
        "America/Nome",
        "America/Adak",
        "Pacific/Honolulu",
        "America/Puerto_Rico",
        "America/St_Thomas",
        "Pacific/Guam",
        "Pacific/Saipan",
        "Pacific/Pago_Pago",
    ]
)


def find_state(text: str) -> State | None:
    """Return the state for a two-letter code or a full name in any case, or None."""
    code = text.upper()
    if code not in STATES:
        code = _BY_NAME.get(text.casefold().replace(".", "").removeprefix("the "), "")
    return STATES.get(code)


def state_name(code: str) -> str:
    """Return the printed name for a code, and nothing for no code."""
    state = STATES.get(code)
    return state.name if state else ""


def zip_fits_state(postal_code: str, code: str) -> bool:
    """Say whether the ZIP code's first three digits are in use in the state."""
    prefix = int(postal_code[:3])
    return any(first <= prefix <= last for first, last in STATES[code].zips)
