"""
Texts on screen: Chinese in the source, English in one catalogue, complete and never fuzzy.

``--write`` extracts anew (needs gettext's ``xgettext``) and keeps what is translated; without it
the committed catalogue is compared with a fresh extraction where xgettext is present, and its
completeness is checked everywhere.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cangke"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_.]+\}")


def extract(catalogue: Path) -> None:
    """Merge the texts of the source tree into ``catalogue``."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "cangke"
        shutil.copytree(
            SOURCE, tree, ignore=shutil.ignore_patterns("dist", "tests", "__pycache__", "*.mo")
        )
        target = tree / "locale" / "en" / "LC_MESSAGES" / "django.po"
        target.parent.mkdir(parents=True, exist_ok=True)
        if catalogue.exists():
            shutil.copy(catalogue, target)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "django",
                "makemessages",
                "-l",
                "en",
                "--no-wrap",
                "--no-location",
                "--no-obsolete",
                "-v",
                "0",
            ],  # fmt: skip
            cwd=tree,
            env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
            check=True,
        )
        with target.open("rb") as file:
            merged = read_po(file, locale="en")
    merged.obsolete.clear()
    for message in merged:
        # What msgmerge guessed is not a translation.
        if message.fuzzy and message.id:
            message.flags.discard("fuzzy")
            message.string = "" if isinstance(message.id, str) else ("", "")
    merged.header_comment = "# English texts of Cangke."
    merged.fuzzy = False
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, merged, width=0, sort_output=True, omit_header=False)
    lines = out.getvalue().decode("utf-8").splitlines()
    kept = [each for each in lines if not re.match(r'"(POT|PO)-[A-Za-z]+-Date|"Generated-By', each)]
    catalogue.write_text("\n".join(kept) + "\n", encoding="utf-8")


def problems(catalogue: Path) -> list[str]:
    """What is missing, fuzzy, or has other placeholders than its source."""
    with catalogue.open("rb") as file:
        messages = read_po(file, locale="en")
    found = []
    for message in messages:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            found.append(f"fuzzy: {ids[0]}")
        elif not all(strings):
            found.append(f"untranslated: {ids[0]}")
        elif set(PLACEHOLDER.findall(ids[-1])) != set(PLACEHOLDER.findall(strings[-1])):
            found.append(f"placeholders differ: {ids[0]} → {strings[-1]}")
    return found


def main() -> int:
    if "--write" in sys.argv:
        extract(CATALOGUE)
        left = problems(CATALOGUE)
        print("\n".join(left[:400]))
        print(f"{len(left)} texts left to translate")
        return 0
    if not CATALOGUE.exists():
        print(f"{CATALOGUE.relative_to(ROOT)} is missing: run `make messages`")
        return 1
    found = problems(CATALOGUE)
    if shutil.which("xgettext"):
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder) / "django.po"
            shutil.copy(CATALOGUE, fresh)
            extract(fresh)
            with fresh.open("rb") as one, CATALOGUE.open("rb") as two:
                now = {(m.id, m.context) for m in read_po(one, locale="en")}
                kept = {(m.id, m.context) for m in read_po(two, locale="en")}
        found += [f"not in the catalogue: {each[0]}" for each in now - kept]
        found += [f"no longer in the source: {each[0]}" for each in kept - now]
    print("\n".join(found[:60]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
