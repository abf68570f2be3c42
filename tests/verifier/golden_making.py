"""Make a format's golden bundle, once: `python -m tests.verifier.golden_making FOLDER`.

A golden bundle is never made again once its format is released; what verified then must verify for
ever. It is invented from end to end, and the keys that signed it are gone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from docgen.domain.evidence import FORMAT
from tests.verifier.making import make
from tests.verifier.signing import real_kit, real_pdfs


def main(folder: Path) -> None:
    """Write the bundle and its anchor; an existing file stops it."""
    stem = FORMAT.replace("/", "-")
    with tempfile.TemporaryDirectory() as keys:
        made = make(real_kit(Path(keys)), real_pdfs())
    for name, data in ((f"{stem}.bundle.zip", made.data), (f"{stem}.anchor.json", made.anchor)):
        with (folder / name).open("xb") as file:
            file.write(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
