"""A page for developers: every component and the form pack in all their variants. Mounted with DEBUG only."""
