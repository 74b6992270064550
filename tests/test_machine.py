"""What `make test` installs on machines that lack a browser, nginx, Redis and fonts."""

import shutil
from pathlib import Path

import pytest

from tests import machine

# It notes what it was asked for, and brings a browser if that was part of it.
APT_GET = """\
echo "$*" >> "$0.log"
case "$*" in *" chromium "*) ln -sf "$0" {bin}/chromium;; esac"""


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A Debian with nothing but what the test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(machine, "SBIN", str(tmp_path))
    monkeypatch.setattr(machine, "MAC", tmp_path / "nothing")
    monkeypatch.setattr(machine, "_family", lambda: {"debian"})
    monkeypatch.setattr(machine, "_installed", lambda package: package == "fonts-noto-cjk")
    monkeypatch.setattr(machine, "PLAYWRIGHT", ("no-playwright",))
    for name in ("env", "ln"):
        (tmp_path / name).symlink_to(shutil.which(name, path="/usr/bin:/bin"))
    return tmp_path


def put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script.format(bin=folder)}\n")
    (folder / name).chmod(0o755)


def asked_for(folder: Path) -> str:
    log = folder / "apt-get.log"
    return log.read_text() if log.exists() else ""


@pytest.mark.parametrize("rights", ["root", "sudo"])
def test_debian_packages_are_taken_where_that_needs_no_password(bare, rights):
    put(bare, "apt-get", APT_GET)
    put(bare, "id", "echo 0" if rights == "root" else "echo 1000")
    if rights == "sudo":
        put(bare, "sudo", 'shift; [ "$1" = true ] || exec "$@"')  # sudo -n …
    assert machine.provide()
    assert machine.chromium() == str(bare / "chromium")
    installed = asked_for(bare).splitlines()[-1].split()
    assert installed[-6:] == [
        *("nginx-light", "redis-server", "chromium", "libatomic1"),
        *("fonts-noto-core", "fonts-noto-color-emoji"),
    ]


@pytest.mark.parametrize("brings", [True, False])
def test_playwright_is_asked_where_apt_may_not_be_used(bare, monkeypatch, brings, capfd):
    put(bare, "apt-get", APT_GET)
    put(bare, "id", "echo 1000")
    put(bare, "sudo", "exit 1")  # it would ask for a password
    put(bare, "playwright", f"echo asked: $*; exit {int(not brings)}")
    monkeypatch.setattr(machine, "PLAYWRIGHT", (str(bare / "playwright"), "install"))
    assert machine.provide() is brings
    assert asked_for(bare) == ""
    told = capfd.readouterr().out
    assert "asked: install --with-deps chromium" in told
    assert ("asked: install chromium" in told) is not brings
    assert "apt install nginx-light" in told
    assert "apt install redis-server" in told


def test_a_machine_that_has_all_installs_nothing(bare, monkeypatch):
    monkeypatch.setattr(machine, "_installed", lambda _package: True)
    for name in ("chromium", "nginx", "redis-server"):
        put(bare, name, "")
    put(bare, "apt-get", APT_GET)
    assert machine.provide()
    assert asked_for(bare) == ""


def test_a_stub_is_no_browser_and_ubuntu_has_no_package_of_it(bare, monkeypatch):
    put(bare, "chromium-browser", "echo install the snap; exit 1")
    assert machine.chromium() == ""
    assert "chromium" in machine.missing_packages()
    monkeypatch.setattr(machine, "_family", lambda: {"ubuntu", "debian"})
    assert not any("chromium" in name for name in machine.missing_packages())
    monkeypatch.setattr(machine, "_family", set)
    assert machine.missing_packages() == []
