"""Make the source tree importable in the environment and put the `cangke` command there."""

import stat
import sys
import sysconfig
from pathlib import Path


def main(root: Path) -> None:
    site = Path(sysconfig.get_paths()["purelib"])
    (site / "cangke-source.pth").write_text(f"{root / 'src'}\n", encoding="utf-8")
    command = Path(sysconfig.get_paths()["scripts"]) / "cangke"
    command.write_text(
        f"#!{sys.executable}\nimport sys\n\nfrom cangke.cli import main\n\nsys.exit(main())\n",
        encoding="utf-8",
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
