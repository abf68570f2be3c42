"""Documents typeset with WeasyPrint: agreements as the second engine, and what is born as HTML."""
