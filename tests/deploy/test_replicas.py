"""Visitors of two replicas behind nginx: spread, kept, and carried over when one dies."""

import http.cookiejar
import re
import socket
import tomllib
import urllib.error
import urllib.request
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from attn_core.permalink import decode, encode
from attn_core.tasks import LESSONS
from attn_core.tasks.course.receipt import Receipt, sign
from benchmarks.visitor import Visitor
from tests.browser.conftest import idle, settle
from tests.browser.seats import new_context
from tests.deploy.conftest import ROOT, SECRET

PIN, XSRF = "lab_replica", "_streamlit_xsrf"


class Client:
    """One visitor's requests, with their own cookies."""

    def __init__(self, fleet):
        self.root = f"http://127.0.0.1:{fleet.port}"
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path, method="GET", body=None, **headers):
        """Status, headers and body; an error is an answer like another."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.root + path, body, names, method=method)
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def cookie(self, name):
        return next((c.value for c in self.jar if c.name == name), None)

    def cookies(self):
        return "; ".join(f"{c.name}={c.value}" for c in self.jar)

    def upload(self, session, size=10):
        """Put a file into a session; Streamlit refuses it on a replica that lacks the session."""
        body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        end = b"\r\n--b--\r\n"
        body += b"x" * (size - len(body) - len(end)) + end
        return self.ask(
            f"/_stcore/upload_file/{session}/file",
            "PUT",
            body,
            content_type="multipart/form-data; boundary=b",
            x_xsrftoken=self.cookie(XSRF),
        )


def newcomer(fleet):
    client = Client(fleet)
    assert client.ask("/")[0] == 200
    assert client.ask("/_stcore/health")[0] == 200
    return client


def sessions(replica):
    """How many websockets a replica holds open, as it says itself."""
    url = f"http://127.0.0.1:{replica.port}/_stcore/metrics?families=active_sessions"
    with urllib.request.urlopen(url, timeout=20) as answer:
        return int(re.search(r"^active_sessions (\d+)", answer.read().decode(), re.M)[1])


def test_newcomers_spread_over_all_replicas(fleet):
    pins = [newcomer(fleet).cookie(PIN) for _ in range(20)]
    assert set(pins) == set(fleet.replicas)
    assert all(pins.count(name) >= 5 for name in fleet.replicas)


def test_each_stays_on_the_replica_with_its_session(fleet):
    """All have one client address, as a class behind one router has."""
    for client in [newcomer(fleet) for _ in range(4)]:
        pin = client.cookie(PIN)
        before = sessions(fleet.replicas[pin])
        with Visitor(fleet.port, headers={"Cookie": client.cookies()}) as visitor:
            visitor.load()
            assert not visitor.tab.exceptions
            assert sessions(fleet.replicas[pin]) == before + 1
            assert [client.upload(visitor.tab.session_id)[0] for _ in range(6)] == [204] * 6
        assert client.cookie(PIN) == pin


def test_pin_is_set_once_and_cannot_name_another_host(fleet):
    client = newcomer(fleet)
    assert PIN not in str(client.ask("/")[1].get_all("Set-Cookie"))
    for forged in ("127.0.0.1:22", f"127.0.0.1:{fleet.port}", "lab", "x y", "127.0.0.1:1\t"):
        status, headers, _ = Client(fleet).ask("/", cookie=f"{PIN}={forged}")
        assert status == 200
        assert any(f"{PIN}={name};" in headers["Set-Cookie"] for name in fleet.replicas)


def test_a_change_through_the_websocket(fleet):
    client = newcomer(fleet)
    with Visitor(fleet.port, headers={"Cookie": client.cookies()}) as visitor:
        visitor.load()
        visitor.move("Temperature", 2.0)
        assert not visitor.tab.exceptions
        assert visitor.tab.sliders["Temperature"].value == [2.0]


def test_websocket_from_a_page_with_a_host_of_its_own(fleet):
    """Streamlit compares the page's origin with the host that nginx hands on, port included."""
    host = f"lab.example:{fleet.port}"
    with (
        socket.create_connection(("127.0.0.1", fleet.port)) as wire,
        connect(
            f"ws://{host}/_stcore/stream",
            sock=wire,
            origin=Origin(f"http://{host}"),
            subprotocols=[Subprotocol("streamlit")],
        ) as websocket,
    ):
        assert websocket.subprotocol == "streamlit"


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/metrics?x", "//_stcore/%6detrics", "/_stcore/metrics/"]
)
def test_metrics_are_closed(fleet, path):
    status, _, body = newcomer(fleet).ask(path)
    assert status == 404
    assert b"active_sessions" not in body


def test_largest_upload_is_that_of_streamlit(fleet):
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    megabytes = config["server"]["maxUploadSize"]
    assert f"proxy-body-size: {megabytes}m\n" in (ROOT / "deploy/kubernetes.yaml").read_text()
    limit = megabytes * 2**20
    client = newcomer(fleet)
    with Visitor(fleet.port, headers={"Cookie": client.cookies()}) as visitor:
        visitor.load()
        assert client.upload(visitor.tab.session_id, limit)[0] == 204
        status, _, body = client.upload(visitor.tab.session_id, limit + 1)
        assert status == 413
        assert b"nginx" in body  # Streamlit hasn't had to read it


def test_scripts_are_compressed(fleet):
    client = newcomer(fleet)
    script = re.search(r'src="\./(static/js/[^"]+)"', client.ask("/")[2].decode())[1]
    plain, packed = (
        client.ask(f"/{script}", accept_encoding=encoding) for encoding in ("identity", "gzip")
    )
    assert packed[1]["Content-Encoding"] == "gzip"
    assert len(packed[2]) < len(plain[2]) / 2


def test_the_next_request_after_a_death_is_answered_and_pinned_anew(mortal_fleet):
    clients = [newcomer(mortal_fleet) for _ in range(4)]
    dead, living = mortal_fleet.replicas
    kill(mortal_fleet.replicas[dead])
    for client in [*clients, Client(mortal_fleet), Client(mortal_fleet)]:
        assert client.ask("/")[0] == 200
        assert client.cookie(PIN) == living

    kill(mortal_fleet.replicas[living])
    status, headers, _ = clients[0].ask("/")
    assert (status, headers["Set-Cookie"]) == (502, None)


def kill(replica):
    replica.process.kill()
    replica.process.wait()


def test_the_page_outlives_its_replica(mortal_fleet, browser):
    """Nobody reloads: the browser comes back by itself, and the address brings the numbers."""
    context = new_context(browser, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{mortal_fleet.port}/?preset=verb-subject")
    settle(page)
    page.evaluate("window.neverReloaded = true")
    heat(page)
    before, width = told(page), figure_width(page)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()

    dead = pin(context)
    (living,) = set(mortal_fleet.replicas) - {dead}
    kill(mortal_fleet.replicas[dead])
    expect(heater(page)).to_be_disabled()
    expect(heater(page)).to_be_enabled()
    # The new session has no past; only a run of it draws that.
    expect(undo).to_be_disabled()
    idle(page)
    assert sessions(mortal_fleet.replicas[living]) == 1
    assert pin(context) == living
    assert told(page) == before
    assert figure_width(page) == width

    heat(page)
    after = told(page)
    assert after.temperature > before.temperature
    assert after.numbers != before.numbers
    undo.click()
    idle(page)
    assert told(page) == before
    page.locator("[data-cell='X-0-0']").first.press("End")  # a live box is known there, too
    idle(page)
    assert scenario(page).X[0, 0] == 3
    assert page.evaluate("window.neverReloaded")
    context.close()


class Told(NamedTuple):
    """The numbers in the pictures, and what the scenario in its address says."""

    numbers: list[str]
    temperature: float
    slider: float


def scenario(page):
    (link,) = parse_qs(urlsplit(page.url).query)["s"]
    return decode(link)


def told(page):
    numbers = page.locator(".heatmap-label text").all_text_contents()
    assert numbers
    return Told(numbers, scenario(page).temperature, float(heater(page).input_value()))


def heater(page):
    return page.locator(".st-key-temperature").get_by_role("slider")


def heat(page):
    """Make the temperature a step higher, by keyboard."""
    heater(page).press("ArrowRight")
    idle(page)


def pin(context):
    return next(c["value"] for c in context.cookies() if c["name"] == PIN)


def figure_width(page):
    return page.locator(".js-plotly-plot").first.bounding_box()["width"]


def test_what_one_replica_signs_another_checks(fleet, browser):
    solved = encode(LESSONS["7"].variant("k3f9").solution)
    receipt = Receipt("7", "k3f9", solved, with_solution=False)
    query = f"lesson=7&seed=k3f9&s={solved}&receipt="
    page = new_context(browser).new_page()
    for replica in fleet.replicas:
        for secret, said in {
            SECRET: "The receipt is genuine.",
            "another": "isn’t valid here",
        }.items():
            page.goto(f"http://{replica}/Course?{query}{sign(receipt, secret)}")
            expect(page.get_by_text(said)).to_be_visible()
            expect(page.get_by_text("draws its secret anew")).not_to_be_visible()
    page.context.close()
