"""The staff pages, one module an area; each lists its own addresses in `urlpatterns`."""
