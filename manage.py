#!/usr/bin/env python
"""Django's command line, with the embedded servers running for as long as a command needs them."""

import contextlib
import os
import sys

WITHOUT_SERVERS = {"messages", "collectstatic", "help", "--help", "version", "--version"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")
    from django.core.management import execute_from_command_line

    from trimestrale import embedded

    with contextlib.nullcontext() if set(sys.argv[1:2]) & WITHOUT_SERVERS else embedded.servers():
        execute_from_command_line(sys.argv)
