"""Every setting in one table: for the operators' page, which a test compares with this.

`python -m docgen.settings_table` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass


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
