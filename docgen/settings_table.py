"""Every setting in one table: for the operators' page, which a test compares with this.

`python -m docgen.settings_table` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass

from docgen.settings import GUIDE_URL, REQUESTS_PER_MINUTE
from docgen.settings_archive import (
    LOCK_DAYS,
    MOST_RENEWAL_DAYS,
    MOST_SCRUB_DAYS,
    RENEWAL_DAYS,
    SCRUB_DAYS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key of settings.toml: what holds when it is left out, and what it means."""

    part: str
    key: str
    default: str  # as TOML; "" where leaving it out means that there is none
    meaning: str


def _settings(part: str, *rows: tuple[str, str, str]) -> tuple[Setting, ...]:
    return tuple(
        Setting(part=part, key=key, default=default, meaning=meaning)
        for key, default, meaning in rows
    )


SETTINGS = (
    *_settings(
        "site",
        (
            "base_url",
            '"http://127.0.0.1:8720"',
            "Where people reach the site; links in letters begin with it. `DOCGEN_BASE_URL` wins.",
        ),
        ("demo", "false", "Lets templates be sent that nobody adopted. Never for real agreements."),
        (
            "trusted_proxies",
            "[]",
            (
                "Addresses or networks of the proxies in front; only they are believed about where "
                "a request came from (`X-Forwarded-For`)."
            ),
        ),
        (
            "guide_url",
            f'"{GUIDE_URL}"',
            "Where practices find the Participation Guide; the start page links to it.",
        ),
        ("service", '"embedded"', "The signing service that `docgen send` uses."),
        (
            "templates",
            "",
            (
                "A folder of agreements of your own, in place of those that come with the program. "
                "`DOCGEN_TEMPLATES` wins."
            ),
        ),
    ),
    *_settings(
        "database",
        (
            "url",
            "",
            (
                'SQLite in the home folder, or `"postgresql://user:password@host/name"`. '
                "`DOCGEN_DATABASE_URL` wins."
            ),
        ),
    ),
    *_settings(
        "work",
        (
            "takeover_after_s",
            "90",
            (
                "Seconds of silence after which a worker counts as dead and another takes over "
                "what it had begun; longer than any outside service may take to answer. "
                "PostgreSQL only."
            ),
        ),
    ),
    *_settings(
        "watch",
        (
            "networks",
            "[]",
            (
                "Addresses or networks that may fetch `/readyz` and `/metrics`, beside this "
                "machine itself."
            ),
        ),
    ),
    *_settings(
        "archive",
        (
            "kind",
            "",
            '`"filesystem"` or `"s3"`; it follows the address when left out.',
        ),
        (
            "url",
            '"archive"',
            (
                "A folder (in the home folder), or "
                '`"s3://bucket/prefix?region=…&endpoint=https://…"`. `DOCGEN_ARCHIVE` wins.'
            ),
        ),
        (
            "copy",
            "",
            (
                "Where everything archived is written a second time, to be repaired from; an "
                "address like `url`. `DOCGEN_ARCHIVE_COPY` wins."
            ),
        ),
        (
            "credentials_file",
            "",
            (
                "The file with the bucket's keys, written as for AWS's own tools; "
                "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` when left out."
            ),
        ),
        (
            "copy_credentials_file",
            "",
            "The same for the copy's bucket; the archive's when left out.",
        ),
        (
            "disposal_credentials_file",
            "",
            (
                "The file with other keys, which may delete; without it nothing in a bucket can be "
                "disposed of after its retention."
            ),
        ),
        (
            "copy_disposal_credentials_file",
            "",
            "The same for the copy's bucket; the archive's when left out.",
        ),
        (
            "lock_days",
            f"{LOCK_DAYS}",
            "Days ahead to which the lock of everything in effect always reaches: six years.",
        ),
        (
            "scrub_days",
            f"{SCRUB_DAYS}",
            (
                "Days after which everything archived is read and compared again, and its locks "
                f"renewed; at most {MOST_SCRUB_DAYS}."
            ),
        ),
        (
            "renewal_days",
            f"{RENEWAL_DAYS}",
            (
                "Days after its last time stamp after which an evidence bundle is time-stamped "
                f"again: five years; at most {MOST_RENEWAL_DAYS}."
            ),
        ),
    ),
    *_settings(
        "api",
        (
            "requests_per_minute",
            f"{REQUESTS_PER_MINUTE}",
            "How often one token of the API may ask within a minute; `0` sets no limit.",
        ),
    ),
    *_settings(
        "mail",
        ("kind", '"outbox"', '`"outbox"` writes letters into `mail/`; `"smtp"` submits them.'),
        ("sender", '"enrollment@example.org"', "Whom letters come from, and where answers go."),
        ("host", '"127.0.0.1"', "The mail server."),
        ("port", "587", "Its port."),
        ("starttls", "true", "Speak TLS before anything else is said."),
        ("user", "", "The account at the mail server; none when left out."),
        ("password_file", "", "The file, in the home folder, that holds its password."),
        (
            "returned",
            "",
            "A Maildir with what came back undelivered; the sweep reads it and tells the packet.",
        ),
    ),
    *_settings(
        "signing",
        ("expires_after_days", "30", "Days until an envelope that was sent expires unsigned."),
        (
            "remind_after_days",
            "7",
            "Days after which whose turn it is gets the link again by itself; `0` for never.",
        ),
        (
            "keys",
            '"file"',
            (
                'Where the issuing keys lie: `"file"` in the home folder, or `"pkcs11:…"` in a '
                'token, `"kms:…"` in AWS KMS; see keys-and-backup.md.'
            ),
        ),
        (
            "seal_keys",
            "",
            (
                "Where the seal's key lies, as `keys` says it; with the issuing keys when left "
                'out. `"file"` gives each seal a key of its own.'
            ),
        ),
        (
            "pin_file",
            "",
            (
                "The file that holds the token's PIN, mounted or in the home folder. "
                "`DOCGEN_SIGNING_PIN` wins."
            ),
        ),
        (
            "chain",
            "",
            (
                "A PEM file, in the home folder, with the company's root, the certificate of the "
                "issuing key and any between, and their revocation lists. Without it the "
                "certificates come from the development authority."
            ),
        ),
        (
            "seal_chain",
            "",
            "The same for a seal that another authority certified, such as a public one.",
        ),
    ),
    *_settings(
        "timestamp",
        (
            "kind",
            '"local"',
            '`"local"` is the development authority; `"http"` a public RFC 3161 one.',
        ),
        ("url", "", "The public authority's address."),
        ("chain", "", "A PEM file, in the home folder, with its certificates, the root first."),
    ),
    *_settings(
        "oidc",
        ("name", '"your organization"', "What the sign-in button calls your organization."),
        ("server_url", "", "The sign-in server (OpenID Connect), https only."),
        ("client_id", "", "This site's name there."),
        ("client_secret_file", "", "The file, in the home folder, that holds its secret there."),
    ),
    *_settings(
        "services",
        (
            "…",
            "",
            (
                "One part for each outside signing service, such as `[services.docusign]`; its "
                "keys are in signing-services.md."
            ),
        ),
    ),
    *_settings(
        "pso",
        (
            "…",
            "",
            (
                "Who the PSO is, as it will stand in the agreements. `docgen init` writes every "
                "key with an example; nothing is generated until all are given."
            ),
        ),
    ),
)


def as_markdown() -> str:
    """Write the table as the operators' page shows it."""
    rows = [("part", "key", "when left out", "what it means")]
    rows += [
        (f"`[{item.part}]`", f"`{item.key}`", _shown(item.default), item.meaning)
        for item in SETTINGS
    ]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---|---|---|---|", *lines[1:]]) + "\n"


def _shown(default: str) -> str:
    return f"`{default}`" if default else "none"


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201  # the answer
