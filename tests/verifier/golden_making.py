"""Make a format's golden bundles, once: `python -m tests.verifier.golden_making FOLDER`.

A golden bundle is never made again once its format is released; what verified then must verify for
ever. It is invented from end to end, and the keys that signed it are gone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from docgen.domain.evidence import FORMAT
from tests.verifier.elsewhere import their_paper
from tests.verifier.making import Made, make
from tests.verifier.signing import real_kit, real_pdfs, small_pdf


def main(folder: Path) -> None:
    """Write the format's bundles and their anchors; an existing file stops it."""
    stem = FORMAT.replace("/", "-")
    psa = {"psa": small_pdf("Provider Services Agreement")}
    with tempfile.TemporaryDirectory() as keys:
        _write(folder / stem, make(real_kit(Path(keys)), real_pdfs()))
    with tempfile.TemporaryDirectory() as keys:
        mixed = make(real_kit(Path(keys)), psa, elsewhere=their_paper())
        _write(folder / f"{stem}-mixed", mixed)


def _write(stem: Path, made: Made) -> None:
    for suffix, data in ((".bundle.zip", made.data), (".anchor.json", made.anchor)):
        with stem.with_name(stem.name + suffix).open("xb") as file:
            file.write(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
