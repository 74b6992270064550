"""What the tests need of the machine: a browser, nginx, Redis, fonts.

`python -m tests.machine` installs what is missing: Debian's packages where that needs no
password, else Playwright's browser. Its exit code is 1 where there is no browser in the end.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
SBIN = "/usr/sbin"  # Debian puts nginx where only root's PATH leads
# What drives the browser lacks the first on a bare Debian; without the others Chromium draws
# boxes for Arabic, Hindi or Chinese words and for emoji.
NEEDED = ("libatomic1", "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji")
PLAYWRIGHT = (sys.executable, "-m", "playwright", "install")

NO_BROWSER = """\
There is no Chromium, and neither apt nor Playwright could bring one. Install Chromium or
Chrome by hand (Debian, as root: apt install chromium), or set CHROMIUM to its path."""
NO_NGINX = """\
There is no nginx, so that the tests of several replicas are skipped.
Debian, Ubuntu, as root: apt install nginx-light"""
NO_REDIS = """\
There is no redis-server, so that the tests of rooms in Redis are skipped.
Debian, Ubuntu, as root: apt install redis-server"""


def chromium() -> str:
    """Path of the system's Chromium, or of the one in CHROMIUM; empty if there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = next(filter(_runs, filter(None, map(shutil.which, BROWSERS))), "")
    return found or (str(MAC) if MAC.exists() else "")


def nginx() -> str:
    """Path of nginx; empty if there is none."""
    return shutil.which("nginx") or shutil.which("nginx", path=SBIN) or ""


def redis() -> str:
    """Path of Redis's server, or of Valkey's; empty if there is none."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or ""


def provide() -> bool:
    """Install what is missing, as far as it goes; False if there is no browser then."""
    packages = missing_packages()
    if packages:
        subprocess.run([ROOT / ".ci" / "apt", *packages], check=False)
    if not nginx():
        print(NO_NGINX)
    if not redis():
        print(NO_REDIS)
    return bool(chromium()) or _playwright_brings_one()


def missing_packages() -> list[str]:
    """Names of Debian's packages that this machine lacks; none where it isn't a Debian."""
    family = _family()
    if "debian" not in family:
        return []
    there = {"nginx-light": nginx(), "redis-server": redis()}
    missing = [package for package, path in there.items() if not path]
    # Ubuntu's package only asks for a snap.
    if not chromium() and "ubuntu" not in family:
        missing.append("chromium")
    return [*missing, *(package for package in NEEDED if not _installed(package))]


def _family() -> set[str]:
    """Which Linux this is, and which it descends from."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:  # not a Linux
        return set()
    return {release["ID"], *release.get("ID_LIKE", "").split()}


def _installed(package: str) -> bool:
    query = ["dpkg-query", "-W", "-f=${Status}", package]
    told = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    return told == "install ok installed"


def _runs(browser: str) -> bool:
    """Tell a browser from a stub that only says how to get one."""
    return subprocess.run([browser, "--version"], capture_output=True, check=False).returncode == 0


def _playwright_brings_one() -> bool:
    # Its libraries come with it where one may install them.
    return any(
        subprocess.run([*PLAYWRIGHT, *options, "chromium"], check=False).returncode == 0
        for options in (["--with-deps"], [])
    )


if __name__ == "__main__":
    if not provide():
        sys.exit(NO_BROWSER)
