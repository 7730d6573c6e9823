"""Find a Chromium for the browser tests, or install Debian's where we may."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PACKAGES = ["chromium", "fonts-noto-cjk"]


def find_browser() -> str | None:
    """Return the path of a browser on this machine, if there is one."""
    given = os.environ.get("CANGKE_TEST_BROWSER")
    return given or next((path for path in map(shutil.which, NAMES) if path), None)


def main() -> None:
    if find_browser():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        lock = ["-o", "DPkg::Lock::Timeout=300"]
        print("installing a browser for the browser tests …", flush=True)
        subprocess.run(["apt-get", *lock, "update"], check=False, env=environment, **quiet)
        subprocess.run(
            ["apt-get", *lock, "install", "-y", "--no-install-recommends", *PACKAGES],
            check=False,
            env=environment,
            **quiet,
        )
    if not find_browser():
        print("NO BROWSER: the browser tests will be skipped. Install Chromium to run them.")


if __name__ == "__main__":
    main()
