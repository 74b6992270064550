"""The secret that receipts are signed with, as Streamlit has it."""

import subprocess
import sys

from tests.test_structure import ROOT

SCRIPT = "from pages.ui.serving import secret; print(secret.secret(), secret.is_kept())"


def asked(**settings):
    """Ask a server's process of its own for its secret, and whether it outlives a restart."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_secret_that_is_set_is_the_same_on_all_replicas():
    setting = {"STREAMLIT_SERVER_COOKIE_SECRET": "shared"}
    assert asked(**setting) == asked(**setting) == ["shared", "True"]


def test_without_one_each_start_has_another():
    (one, one_kept), (other, other_kept) = asked(), asked()
    assert one != other
    assert min(len(one), len(other)) >= 32
    assert {one_kept, other_kept} == {"False"}
