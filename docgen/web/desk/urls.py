"""Addresses of the staff pages; each area lists its own, and this only joins them.

To add an area: write `docgen/web/desk/AREA.py` (or a package) with `urlpatterns`, name it below,
and give each route a line in `docgen.web.access`.
"""

from __future__ import annotations

from docgen.web.desk import batches, home, people, settings
from docgen.web.desk.enrollments import urls as enrollments
from docgen.web.desk.packets import urls as packets

app_name = "desk"

urlpatterns = [
    *home.urlpatterns,
    *enrollments.urlpatterns,
    *packets.urlpatterns,
    *batches.urlpatterns,
    *people.urlpatterns,
    *settings.urlpatterns,
]
