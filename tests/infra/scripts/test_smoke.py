"""The smoke tests are tested: all pass, each single fault is found, nothing answers, and any address works."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from operate.refusals import Exit
from tests.infra.scripts.operated import Operated
from tests.infra.scripts.scripted_service import TOKEN, Answers, ScriptedRuns

NAMES = {"auth": "emergence-auth-service", "session": "emergence-session-service", "main": "emergence-app"}


@pytest.fixture
def runs() -> Iterator[ScriptedRuns]:
    with closing(ScriptedRuns()) as started:
        yield started


def serve(runs: ScriptedRuns, key: str, **wrong: tuple[int, object]) -> str:
    runs.wrong = {f"/{path}": answer for path, answer in wrong.items()}
    runs.start(NAMES[key], f"{key}-{len(runs.servers)}", {})
    return runs.url_of(f"{key}-{len(runs.servers) - 1}")


@pytest.mark.parametrize(("key", "count"), [("auth", 8), ("session", 6), ("main", 12)])
def test_all_pass(operate: Operated, runs: ScriptedRuns, key: str, count: int) -> None:
    ended = operate("test", key, "--url", serve(runs, key))

    assert ended.status == Exit.DONE, ended.out
    assert ended.out.splitlines()[-1] == f"{count} passed, 0 failed"


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("auth", {"/api/health": (200, {"status": "ok", "service": "session"})}),
        ("auth", {"/api/health": (200, "ok")}),
        ("auth", {"/api/ready": (503, {"status": "not_ready", "dependencies": [{"name": "db", "state": "down"}]})}),
        ("auth", {"/api/ready": (503, [1])}),
        ("auth", {"/api/ready": (503, {"dependencies": None})}),
        ("auth", {"/api/ready": (503, {"dependencies": [1, {"state": "down"}]})}),
        ("auth", {"/metrics": (200, "sessions_active_current 1")}),
        ("auth", {"/api/auth/login": (200, {"access_token": "x"})}),
        ("auth", {"/api/auth/login": (401, {"code": "something_else"})}),
        ("auth", {"/api/auth/login": (500, {"code": "internal"})}),
        ("auth", {"/api/auth/me": (200, {"email": "somebody@example.org"})}),
        ("auth", {"/api/auth/dev/login": (200, {})}),
        ("auth", {"/.well-known/jwks.json": (200, {"keys": []})}),
        ("session", {"/ws": (101, 1000)}),
        ("session", {"/ws": (404, {})}),
        ("session", {"/api/threads": (200, [])}),
        ("main", {"/": (200, "It works!")}),
        ("main", {"/api/auth/internal/standing": (401, {})}),
    ],
)
def test_one_fault_is_one_failure(operate: Operated, runs: ScriptedRuns, key: str, wrong: Answers) -> None:
    runs.wrong = wrong
    runs.start(NAMES[key], "bad", {})

    ended = operate("test", key, "--url", runs.url_of("bad"))

    assert ended.status == Exit.SMOKE
    failed = [line for line in ended.out.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 1, ended.out
    assert ended.out.splitlines()[-1].endswith(" passed, 1 failed")


def test_leave_for_other_pages_is_found(operate: Operated, runs: ScriptedRuns) -> None:
    runs.more_headers = {"Access-Control-Allow-Origin": "*"}

    ended = operate("test", "auth", "--url", serve(runs, "auth"))

    assert "FAIL  auth: CORS" in ended.out


def test_figures_that_are_missing_are_found(
    operate: Operated, runs: ScriptedRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    well = operate("test", "session", "--url", serve(runs, "session"))
    monkeypatch.setattr("tests.infra.scripts.scripted_service.FIGURES", "sessions_active_current 1\n")
    ill = operate("test", "session", "--url", serve(runs, "session"))

    assert well.out.splitlines()[-1] == "7 passed, 0 failed"
    assert "lacks sessions_timeout_total, sessions_warning_sent_total, session_inactivity_duration_seconds" in ill.out


def test_nothing_answers_and_all_fail(operate: Operated) -> None:
    ended = operate("test", "--url", "http://127.0.0.1:9")

    assert ended.status == Exit.SMOKE
    assert ended.out.splitlines()[-1] == "0 passed, 12 failed"


@pytest.fixture
def listening() -> Iterator[tuple[int, list[tuple[str, str | None]]]]:
    """A server that answers nothing useful, and what it was asked with which Authorization."""
    heard: list[tuple[str, str | None]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append((self.path, self.headers.get("Authorization")))
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the server uses
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1], heard
    server.shutdown()
    server.server_close()


def test_an_address_may_have_a_path(operate: Operated, listening: tuple[int, list[tuple[str, str | None]]]) -> None:
    port, heard = listening

    operate("test", "auth", "--url", f"http://127.0.0.1:{port}/one/two/")

    assert ("/one/two/api/auth/me", None) in heard
    assert all(path.startswith("/one/two/") and "//" not in path for path, _ in heard)


@pytest.mark.parametrize(
    "url",
    [
        "chat.example.org", "ftp://chat.example.org", "https://", "https://chat.example.org/?a=b", "http://127.0.0.1:abc",
        "https://chat.example.org/#a", "https://ada:secret@chat.example.org", "https://chat.example.org/a b",
    ],
)  # fmt: skip
def test_what_is_no_base_address_is_refused(operate: Operated, url: str) -> None:
    ended = operate("test", "--url", url)

    assert (ended.status, ended.out) == (Exit.NOT_ASKED, "")
    assert "is no address like" in ended.err


def test_the_token_of_the_figures_goes_nowhere_unasked(
    operate: Operated, listening: tuple[int, list[tuple[str, str | None]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, heard = listening
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    elsewhere = f"http://0.0.0.0:{port}"  # reaches this machine, and is no loopback address

    unasked = operate("test", "auth", "--url", elsewhere)
    asked = operate("test", "auth", "--url", elsewhere, "--figures")
    sent_elsewhere = [token for _, token in heard if token]
    operate("test", "auth", "--url", f"http://127.0.0.1:{port}")

    assert f"METRICS_TOKEN was not sent to {elsewhere}; --figures sends it" in unasked.err
    assert asked.status == Exit.NOT_ASKED and "over https alone" in asked.err
    assert sent_elsewhere == []
    assert f"Bearer {TOKEN}" in [token for _, token in heard]


def test_what_is_deployed_is_asked_with_its_own_token(operate: Operated) -> None:
    operate("deploy-all", "--yes")

    ended = operate("test")

    assert ended.status == Exit.DONE, ended.out
    assert ended.out.splitlines()[-1] == "17 passed, 0 failed"  # main by its health alone: the host is not public
    assert "session: figures" in ended.out


def test_what_was_never_deployed_is_30(operate: Operated) -> None:
    assert operate("test", "auth").status == Exit.NO_REVISION


@pytest.mark.parametrize("first_line", [b"figs\r\n\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b""])
def test_what_speaks_no_http_is_one_failure_a_check(operate: Operated, first_line: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_answer_all, args=(listening, first_line), daemon=True)
        thread.start()
        ended = operate("test", "auth", "--url", f"http://127.0.0.1:{listening.getsockname()[1]}")

    assert ended.status == Exit.SMOKE
    assert ended.out.splitlines()[-1] == "0 passed, 8 failed"


def _answer_all(listening: socket.socket, said: bytes) -> None:
    with suppress(OSError):
        while True:
            line, _ = listening.accept()
            with closing(line), suppress(OSError):
                line.recv(4096)
                line.sendall(said)
