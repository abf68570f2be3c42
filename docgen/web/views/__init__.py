"""Views, one module per reader."""
