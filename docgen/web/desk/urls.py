"""Addresses of the staff pages; each area lists its own, and this only joins them.

To add an area: write `docgen/web/desk/AREA.py` (or a package) with `urlpatterns`, name it below,
and give each route a line in `docgen.web.access`.
"""

from __future__ import annotations

from docgen.web.desk import batches, board, home, people, settings, tokens, webhooks
from docgen.web.desk.agreements import urls as agreements
from docgen.web.desk.archive import urls as archive
from docgen.web.desk.countersign import urls as countersign
from docgen.web.desk.enrollments import urls as enrollments
from docgen.web.desk.packets import urls as packets

app_name = "desk"

urlpatterns = [
    *home.urlpatterns,
    *board.urlpatterns,
    *enrollments.urlpatterns,
    *packets.urlpatterns,
    *countersign.urlpatterns,
    *batches.urlpatterns,
    *archive.urlpatterns,
    *agreements.urlpatterns,
    *people.urlpatterns,
    *settings.urlpatterns,
    *tokens.urlpatterns,
    *webhooks.urlpatterns,
]
