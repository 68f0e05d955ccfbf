"""The programs are data: some run as soon as they are imported, none holds a doctest."""

collect_ignore_glob = ["programs/*"]
