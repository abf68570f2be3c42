"""The wheel, installed in a clean environment outside the checkout: everything it needs came along.

Nothing is downloaded: the dependencies are those of the environment that runs the tests, put behind
the new one on its path.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import docgen

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An environment of its own with the wheel in it, and a folder that is not the checkout."""

    environment: Path
    folder: Path
    wheel: Path

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, far from the checkout."""
        known = {
            name: value
            for name, value in os.environ.items()
            if "DOCGEN" not in name and not name.startswith("PYTHON")
        }
        known |= {"DOCGEN_HOME": str(self.folder / "home"), **variables}
        program = self.environment / "bin" / words[0]
        return subprocess.run(
            [str(program), *words[1:]],
            cwd=self.folder,
            env=known,
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, program: str, **variables: str) -> Any:
        """Run a program text and read the JSON it prints."""
        ran = self.run("python", "-c", program, **variables)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel and install it, without asking any index."""
    folder = tmp_path_factory.mktemp("wheel")
    environment, dist, elsewhere = folder / "env", folder / "dist", folder / "elsewhere"
    elsewhere.mkdir()
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(dist)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = dist.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    install = ["-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    pip = [str(environment / "bin" / "python"), *install, "--find-links", str(dist)]
    subprocess.run([*pip, "docgen-pipeline"], cwd=elsewhere, check=True, capture_output=True)
    (site,) = environment.glob("lib/python*/site-packages")
    # A line in a .pth file adds the folder, but not what that folder's own .pth files add.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return Installed(environment=environment, folder=elsewhere, wheel=wheel)


def test_it_is_the_installed_one_that_runs(installed: Installed) -> None:
    """Both packages come from the new environment, side by side, and not from the checkout."""
    found = installed.python(
        "import docgen, integrations, json; print(json.dumps([docgen.__file__, integrations.__file__]))"
    )
    for file in found:
        assert Path(file).is_relative_to(installed.environment)
        assert not Path(file).is_relative_to(ROOT)


def test_the_command_says_its_version(installed: Installed) -> None:
    """`docgen --version` and the wheel's name agree with the source."""
    ran = installed.run("docgen", "--version")
    assert ran.stdout == f"docgen, version {docgen.__version__}\n"
    assert f"-{docgen.__version__}-" in installed.wheel.name


def test_templates_verifier_fonts_and_page_assets_came_along(installed: Installed) -> None:
    """Each is found where the wheel put it, with the very bytes of the checkout."""
    program = """
import hashlib, json
from importlib.resources import files as resources
from docgen.resources import contract_templates, fonts_dir, stand_alone_verifier

def files(folder, prefix=""):
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        if item.is_dir():
            yield from files(item, f"{prefix}{item.name}/")
        elif not item.name.endswith(".pyc"):
            yield prefix + item.name, hashlib.sha256(item.read_bytes()).hexdigest()

print(json.dumps({
    "templates": dict(files(contract_templates())),
    "fonts": dict(files(fonts_dir())),
    "assets": dict(files(resources("docgen.web") / "assets")),
    "verifier": hashlib.sha256(stand_alone_verifier().read_bytes()).hexdigest(),
    "where": str(contract_templates()),
}))
"""
    there = installed.python(program)
    here = json.loads(
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True
        ).stdout
    )
    assert Path(there.pop("where")).is_relative_to(installed.environment)
    assert Path(here.pop("where")) == ROOT / "templates"
    assert there == here
    assert any(name.endswith((".ttf", ".otf")) for name in there["fonts"])
    assert {"viewer.js", "pdfjs/pdf.min.js", "pdfjs/LICENSE.txt"} <= set(there["assets"])


def test_every_adapter_loads(installed: Installed) -> None:
    """Each entry point of the wheel gives a class, from the installed package."""
    found = installed.python(
        """
import json
from importlib.metadata import distribution
ours = [one for one in distribution("docgen-pipeline").entry_points if one.group.startswith("docgen.")]
print(json.dumps({f"{one.group}.{one.name}": one.load().__module__ for one in ours}))
"""
    )
    assert len(found) >= 12
    assert all(module.startswith("integrations.") for module in found.values())
    assert "docgen.esign.embedded" in found


def test_it_works_from_form_to_packet(installed: Installed) -> None:
    """A site is set up, a form enrolled and its documents generated, with nothing but the wheel."""
    form = ROOT / "samples" / "freestanding-pllc" / "enrollment.yaml"
    assert installed.run("docgen", "init", "--demo").returncode == 0
    enrolled = installed.run("docgen", "enroll", str(form), "--json")
    assert enrolled.returncode == 0, enrolled.stderr
    key = json.loads(enrolled.stdout)["enrollment"]
    made = installed.run("docgen", "generate", key, "--json")
    assert made.returncode == 0, made.stderr
    (packet,) = json.loads(made.stdout)
    assert [item["slug"] for item in packet["documents"]] == ["psa", "baa"]


def test_it_verifies_without_a_site(installed: Installed) -> None:
    """A stranger with bundle and anchor needs no `init`; without an anchor nobody vouches."""
    golden = ROOT / "tests" / "verifier" / "golden"
    bundle = str(golden / "docgen-evidence-1.bundle.zip")
    anchor = str(golden / "docgen-evidence-1.anchor.json")
    nowhere = str(installed.folder / "nowhere")
    at = ("--at", "2030-01-01")
    whole = installed.run("docgen", "verify", bundle, "--anchor", anchor, *at, DOCGEN_HOME=nowhere)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    alone = installed.run("docgen", "verify", bundle, *at, DOCGEN_HOME=nowhere)
    assert alone.returncode == 3, alone.stdout + alone.stderr
    assert "nobody vouches" in alone.stderr
    assert not Path(nowhere).exists()


def test_another_sites_bundle_is_not_ours(installed: Installed) -> None:
    """Under this site's own anchor a foreign bundle fails, with the verifier's code."""
    golden = ROOT / "tests" / "verifier" / "golden" / "docgen-evidence-1.bundle.zip"
    home = str(installed.folder / "other")
    assert installed.run("docgen", "init", "--demo", DOCGEN_HOME=home).returncode == 0
    ran = installed.run("docgen", "verify", str(golden), "--json", DOCGEN_HOME=home)
    assert ran.returncode == 1, ran.stdout + ran.stderr


def test_a_package_that_shadows_ours_is_named(installed: Installed) -> None:
    """A folder called integrations, earlier on the path, is a fault; without it all is sound."""
    home = str(installed.folder / "guarded")
    assert installed.run("docgen", "init", "--demo", DOCGEN_HOME=home).returncode == 0
    sound = installed.run("docgen", "check", DOCGEN_HOME=home)
    assert (sound.returncode, sound.stdout) == (0, "The installation is sound.\n")
    shadow = installed.folder / "shadow" / "integrations"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text("", "utf-8")
    ran = installed.run("docgen", "check", DOCGEN_HOME=home, PYTHONPATH=str(shadow.parent))
    assert ran.returncode == 8, ran.stdout + ran.stderr
    assert "do not lie side by side" in ran.stdout
    told = installed.run("docgen", "status", DOCGEN_HOME=home, PYTHONPATH=str(shadow.parent))
    assert (told.returncode, "docgen check" in told.stderr) == (8, True)
    assert "Traceback" not in ran.stderr + told.stderr


def test_the_wheel_holds_nothing_else(installed: Installed) -> None:
    """Two packages and their metadata; no tests, no samples, no caches."""
    names = zipfile.ZipFile(installed.wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"docgen", "integrations", f"docgen_pipeline-{docgen.__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".key"))]
    assert "docgen/_verifier/docgen_verify.py" in names
