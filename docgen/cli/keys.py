"""`docgen keys`: make the site's keys, put new ones in the place of old ones, withdraw one."""

from __future__ import annotations

import os

import click

from docgen.bootstrap.application import workshop
from docgen.bootstrap.authority import make_keys
from docgen.cli.output import acting_person, as_json, say, say_json
from docgen.cli.site import require_site, site
from docgen.cli.teach import TaughtGroup, ends
from docgen.errors import InputError
from docgen.services.rotate import (
    LOG,
    SIGNING,
    revoke_certificate,
    rotate_log,
    rotate_signing,
)
from docgen.settings import read_settings


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen keys rotate log --as admin
    docgen keys rotate signing --as admin
    """,
)
def keys() -> None:
    """Make the site's keys, renew them, or withdraw a certificate.

    What old keys signed keeps verifying under a new anchor.
    """


@keys.command(
    short_help="Make the signing keys where [signing] keys says that they lie.",
    examples="""
    docgen keys init --company    # the company's authority will certify them
    docgen keys init              # again, once it has; or under a root of our own
    """,
    codes=ends(4, 6, 8),
)
@click.option(
    "--company",
    is_flag=True,
    help="A company's authority will certify them; [signing] chain need not be given yet.",
)
@as_json
def init(company: bool, as_json: bool) -> None:
    """Make the signing keys that are missing: in the token or in AWS KMS, which never give one out.

    Called again it makes nothing twice. For a company's authority it also writes a request for each
    key into the folder `company/` of the home, and names those that are not certified yet; once
    their certificates lie in the file that [signing] chain names, call it again: it then certifies
    the seal's own key.
    """
    require_site()
    settings = read_settings(os.environ)
    made = make_keys(settings, at=workshop(settings).clock.now(), company=company)
    waiting = [str(path) for path in made.requests]
    if as_json:
        say_json({"requests": waiting})
        return
    for path in waiting:
        say(f"To be certified: {path}")
    if waiting:
        say("Put the certificate, those above it and their revocation lists into one PEM file,")
        say("name it as [signing] chain (or seal_chain), and run this command again.")
    else:
        say("The keys are there. Now run `docgen check --deploy`.")


@keys.command(
    short_help="Put a new key in the place of the present one.",
    examples="""
    docgen keys rotate log --as admin
    docgen keys rotate signing --as admin
    docgen anchor --out anchor.json        # then hand it out again
    """,
    codes=ends(2, 3, 4, 5, 6, 7, 8),
)
@click.argument("which", metavar="KEY", type=click.Choice([LOG, SIGNING]))
@acting_person
@as_json
def rotate(which: str, person: str, as_json: bool) -> None:
    """Put a new KEY in the place of the present one: `log`, or `signing` for what certifies.

    The old key stays in the anchor, so that earlier bundles keep verifying, also of packets that
    are out for signature just now. The change is an activity in the log; the log's old and new key
    both sign the checkpoint over it. Restart `docgen serve` afterwards: until then it goes on with
    the old key, which is sound. Then hand the new anchor out. Under a company's authority the new
    signing key waits for its certificate, and the old one goes on until it is there.
    """
    app = site()
    who = app.office.ledger.people.get(person)
    if which == LOG:
        new, request = rotate_log(app.office, app.keys, who), ""
    else:
        renewal = rotate_signing(app.office, app.keys, who)
        new, request = renewal.after, renewal.request
    if as_json:
        say_json({"rotated": which, "new": new} | ({"request": request} if request else {}))
        return
    say(f"The new key: {new}")
    if request:
        say(f"To be certified: {request} in the home folder. Add its certificate to the file that")
        say("[signing] chain names, run `docgen keys init`, and restart `docgen serve`.")
        return
    say("Restart `docgen serve`, then hand out the new anchor: `docgen anchor --out anchor.json`.")


@keys.command(
    short_help="Withdraw a certificate of the signing authority.",
    examples="""
    docgen keys revoke 4f1d0c52a8 --as admin
    """,
    codes=ends(2, 3, 4, 5, 7, 8),
)
@click.argument("serial", metavar="SERIAL")
@acting_person
@as_json
def revoke(serial: str, person: str, as_json: bool) -> None:
    """Withdraw the certificate with this SERIAL number, in hexadecimal, from now on.

    What it signed before, by its time stamp, stays valid; nothing that it signs later is. Every
    file sealed from now on carries the list. If it is the issuing certificate or the seal's, rotate
    too: nothing is signed with a withdrawn one.
    """
    try:
        number = int(serial.replace(":", ""), 16)
    except ValueError as error:
        raise InputError(
            "A serial number is hexadecimal, as `openssl x509 -noout -serial` shows it."
        ) from error
    app = site()
    who = app.office.ledger.people.get(person)
    revoke_certificate(app.office, app.keys, who, number)
    if as_json:
        say_json({"revoked": f"{number:x}"})
        return
    say(f"Withdrawn from now on: {number:x}")
