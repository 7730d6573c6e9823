"""
An empty SQLite database with every table, kept from the last run while no migration has changed.

Making the tables anew takes longer than most of what a developer tests between two changes.
"""

import hashlib
import shutil
import sqlite3
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".pytest_cache" / "migrated"


def _kept() -> Path:
    """Return where the database of these migrations is kept, whether it is there or not."""
    digest = hashlib.sha256(django.__version__.encode())
    source = ROOT / "src" / "cangke"
    for path in sorted([*source.rglob("migrations/*.py"), *source.rglob("triggers.py")]):
        digest.update(path.relative_to(source).as_posix().encode() + path.read_bytes())
    return CACHE / f"{digest.hexdigest()}.sqlite3"


def fetch(target: str) -> bool:
    """Put the kept database at ``target``; say whether there was one."""
    if not _kept().exists():
        return False
    shutil.copyfile(_kept(), target)
    return True


def keep(source: str) -> None:
    """Keep the database at ``source`` for the next run, and none of older migrations."""
    if _kept().exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob("*.sqlite3"):  # halves are those of processes still at it
        old.unlink(missing_ok=True)
    half = CACHE / f"{Path(source).parent.name}.half"
    with sqlite3.connect(source) as made:
        made.execute("VACUUM INTO ?", [str(half)])
    half.replace(_kept())
