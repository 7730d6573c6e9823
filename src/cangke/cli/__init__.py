"""
The ``cangke`` command.

Exit status 0 on success, 1 on refused input (reasons on standard error, one a line), 2 on wrong
usage. ``--json`` prints one JSON document on standard output and nothing else there.
"""

import argparse
import os
import sys
from collections.abc import Sequence


def _parser() -> argparse.ArgumentParser:
    from cangke import __version__

    from . import accounts, care, data, serve, simulate

    parser = argparse.ArgumentParser(prog="cangke", description="Cangke 仓客")
    parser.add_argument("--version", action="version", version=f"cangke {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (serve, data, simulate, accounts, care):
        module.declare(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cangke.settings")
    arguments = _parser().parse_args(argv)
    import django

    django.setup()
    from cangke.foundation.refusal import Refusal

    try:
        return int(arguments.run(arguments) or 0)
    except Refusal as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
