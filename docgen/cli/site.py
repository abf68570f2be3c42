"""The site a command works on: set up before, never by accident."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError
from docgen.settings import SETTINGS_FILE, read_settings

if TYPE_CHECKING:
    from docgen.bootstrap.application import Application, Workshop
    from docgen.services.office import Office


def is_set_up() -> bool:
    """Say whether `docgen init` was run for the home folder the environment names."""
    return (read_settings(os.environ).home / SETTINGS_FILE).exists()


def site() -> Application:
    """Give the site that the environment names.

    Raises:
        ConfigurationError: there is none, so that a mistyped DOCGEN_HOME does not become a new
            site with new keys.
    """
    require_site()
    return _application()


def require_site() -> None:
    """Refuse where the environment names no site.

    Raises:
        ConfigurationError: there is none.
    """
    if not is_set_up():
        raise _no_site()


def texts() -> Office | Workshop:
    """Give what the agreements' texts are read and typeset with: the site, or no site at all.

    Somebody who only wants to read the texts needs none. Nothing is created.

    Raises:
        ConfigurationError: DOCGEN_HOME is given, but there is no site.
    """
    if is_set_up():
        return _application().office
    if os.environ.get("DOCGEN_HOME"):
        raise _no_site()
    return _workshop()


def press() -> Office | Workshop:
    """Give what prints reports: the site, or no site at all; nothing is created."""
    if is_set_up():
        return _application().office
    return _workshop()


# What a site is made of takes as long to load as most commands take; a bundle is verified, and
# help is read, without one.


def _application() -> Application:
    from docgen.bootstrap.application import application

    return application()


def _workshop() -> Workshop:
    from docgen.bootstrap.application import workshop

    return workshop(read_settings(os.environ))


def _no_site() -> ConfigurationError:
    home = read_settings(os.environ).home
    return ConfigurationError(
        f"No site is set up in {home}. Set DOCGEN_HOME to your site's folder, or make a new "
        "one with `docgen init` (`docgen init --demo` to try things out)."
    )
