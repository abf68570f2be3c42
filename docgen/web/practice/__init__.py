"""Pages for practices before anything is signed: the start page, and their own enrollment form."""
