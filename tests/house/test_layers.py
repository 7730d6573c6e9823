"""What import-linter does not see: string foreign keys, names, hosts, unguarded views."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "registry." + "yarnpkg",
    "/wo" + "rk/main",
    "/wo" + "rk/shared",
]


def _ranks() -> dict[str, int]:
    """Room → height, read from the same contracts that govern imports."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")

    def layers(section: str) -> list[list[str]]:
        text = config[f"importlinter:contract:{section}"]["layers"]
        return [
            [each.strip(" ()") for each in line.split("|")] for line in text.split("\n") if line
        ]

    order: dict[str, int] = {}
    for height, names in enumerate(reversed(layers("foundation"))):
        order.update({f"cangke.foundation.{name}": height for name in names})
    for height, names in enumerate(reversed(layers("rooms"))):
        order.update({f"cangke.{name}": 100 + height for name in names})
    return order


def test_foreign_keys_point_down_only():
    ranks, wrong = _ranks(), []
    for model in apps.get_models():
        home = model._meta.app_config.name
        if home not in ranks:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.auto_created or field.remote_field is None or not isinstance(target, type):
                continue
            there = target._meta.app_config.name
            if there in ranks and there != home:
                if ranks[there] >= ranks[home]:
                    wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
                if not field.remote_field.hidden:
                    wrong.append(f"{model._meta.label}.{field.name}: related_name is not '+'")
    assert wrong == []


def test_every_model_is_a_word_of_the_glossary():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = set(re.findall(r"`([A-Z][A-Za-z]+)`", text))
    models = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_config.name.startswith("cangke") and not model._meta.auto_created
    }
    assert models - words == set()


def test_no_tracked_file_names_a_registry_or_a_machine():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout.split(b"\0")
    found = []
    for name in filter(None, listed):
        path = ROOT / name.decode()
        if path.is_file():
            text = path.read_bytes()
            found += [f"{path.name}: {host}" for host in HOSTS if host.encode() in text]
    assert found == []


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            found += _views(each.url_patterns, route)
        else:
            found.append((route, each.callback))
    return found


OTHERS = ("allauth.", "django.", "ninja.")  # guard themselves: login pages, language, REST


def test_every_view_says_who_may_open_it():
    unguarded = []
    for route, view in _views(get_resolver().url_patterns):
        module = getattr(view, "__module__", "")
        if module.startswith(OTHERS):
            continue
        if not hasattr(view, "ck_access"):
            unguarded.append(f"{route} {module}.{getattr(view, '__name__', view)}")
    assert unguarded == []


BUILT = sorted(c.name for c in apps.get_app_configs() if c.name.startswith("cangke."))


@pytest.mark.parametrize("room", BUILT)
def test_every_room_has_a_readme_and_its_tests(room):
    folder = ROOT / "src" / room.replace(".", "/")
    assert (folder / "README.md").exists()
    assert list((folder / "tests").glob("test_*.py"))


def test_the_contracts_cover_every_room_with_rules_or_layers():
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    covered = set(config["importlinter:contract:anatomy"]["containers"].split())
    pure = set(config["importlinter:contract:pure"]["source_modules"].split())
    assert set(BUILT) - covered - {"cangke.foundation.ui"} == set()
    missing = [
        f"{room}.{name}"
        for room in BUILT
        for name in ("rules", "events")
        if (folder := ROOT / "src" / room.replace(".", "/"))
        and ((folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists())
        and f"{room}.{name}" not in pure
    ]
    assert missing == []
