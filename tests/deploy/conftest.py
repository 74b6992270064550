"""Two replicas behind a real nginx with the shipped configuration, all on this machine.

A missing nginx is a failure on CI, a skip elsewhere.
"""

import contextlib
import os
import re
import shutil
import socket
import string
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.serve import Serving, free_port, serving
from tests import machine
from tests.conftest import lack

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "nginx.conf.template"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
# What the nginx image brings around the shipped file; all it writes stays in one folder.
AROUND = """
{user}
worker_processes 2;
daemon off;
pid nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include lab.conf;
}}
"""


#: What signs receipts.
SECRET = "the same on all replicas"


@dataclass(frozen=True)
class Fleet:
    """nginx's port, and the replicas by the name that the cookie gives them."""

    port: int
    replicas: dict[str, Serving]


@pytest.fixture(scope="session")
def nginx():
    return machine.nginx() or lack(machine.NO_NGINX)


@pytest.fixture(scope="module")
def fleet(nginx, tmp_path_factory):
    with served(nginx, tmp_path_factory.mktemp("nginx")) as fleet:
        yield fleet


@pytest.fixture
def mortal_fleet(nginx, tmp_path):
    """A fleet for one test, which may kill a replica."""
    with served(nginx, tmp_path) as fleet:
        yield fleet


@contextlib.contextmanager
def served(nginx, folder):
    settings = {"STREAMLIT_SERVER_COOKIE_SECRET": SECRET}
    script = unpack(folder / "lab") / "dashboard.py"
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(serving(script, settings=settings)) for _ in range(2)]
        replicas = {f"127.0.0.1:{one.port}": one for one in started}
        port = free_port()
        configure(folder, port, replicas)
        stack.enter_context(running(nginx, folder, port))
        yield Fleet(port, replicas)


def unpack(folder):
    """Lay out the files that the image has, and no others."""
    folder.mkdir()
    for sources, target in re.findall(r"^COPY (.+) (\S+)$", DOCKERFILE.read_text(), re.M):
        for source in map(ROOT.joinpath, sources.split()):
            if source.is_dir():
                shutil.copytree(source, folder / target)
            else:
                shutil.copy(source, folder / target)
    return folder


def configure(folder, port, addresses):
    """Fill in the shipped template as envsubst does, and write what stands around it."""
    filled_in = string.Template(SHIPPED.read_text()).safe_substitute(
        LAB_LISTEN=f"127.0.0.1:{port}",
        LAB_REPLICAS=" ".join(f"server {address};" for address in addresses),
        LAB_PINS="|".join(address.replace(".", "[.]") for address in addresses),
    )
    (folder / "lab.conf").write_text(filled_in)
    # Root's nginx would hand its work to a user who can't open root's temporary folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(user=user))


@contextlib.contextmanager
def running(nginx, folder, port):
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "error.log"]
    process = subprocess.Popen(command)
    try:
        wait_until_listening(process, port, folder / "error.log")
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_until_listening(process, port, log):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    pytest.fail("nginx didn't listen within 20 s: " + log.read_text())
