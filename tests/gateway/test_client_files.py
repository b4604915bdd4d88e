"""The built client as it is sent: the page for the client's own routes, assets for ever, nothing outside the folder."""

import gzip
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from emergence.gateway.client_files import ClientFiles

PAGE = b"<!doctype html><title>Emergence</title>"
SCRIPT = b"console.log('hello');" * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    client = tmp_path / "client"
    (client / "assets").mkdir(parents=True)
    (client / "index.html").write_bytes(PAGE)
    (client / "assets" / "main-abc123.js").write_bytes(SCRIPT)
    (client / "manifest.webmanifest").write_bytes(b"{}")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (client / "link.txt").symlink_to(tmp_path / "secret.txt")
    return client


def answer(folder: Path, path: str, method: str = "GET", **headers: str) -> Response:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
    return ClientFiles(folder).answer(Request(scope))


@pytest.mark.parametrize("path", ["/", "/sign-in", "/t/0198-abc", "/settings/models"])
def test_the_page_answers_for_the_clients_own_routes_and_is_never_stale(folder: Path, path: str) -> None:
    reply = answer(folder, path)

    assert (reply.status_code, reply.body) == (200, PAGE)
    assert reply.headers["cache-control"] == "no-cache"


def test_an_asset_is_kept_for_ever_and_compressed_when_asked(folder: Path) -> None:
    plain = answer(folder, "/assets/main-abc123.js")
    packed = answer(folder, "/assets/main-abc123.js", accept_encoding="gzip, br")

    assert "immutable" in plain.headers["cache-control"]
    assert plain.body == SCRIPT
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(packed.body)) == SCRIPT


def test_an_unchanged_file_is_not_sent_again(folder: Path) -> None:
    first = answer(folder, "/")
    again = answer(folder, "/", if_none_match=first.headers["etag"])

    assert (again.status_code, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/assets/../../secret.txt", "/link.txt", "//etc/passwd", "/\x00", "/missing.js"]
)
def test_nothing_outside_the_folder_is_served(folder: Path, path: str) -> None:
    reply = answer(folder, path)

    assert reply.status_code == 404 or reply.body == PAGE  # a path without a suffix may be the client's own


def test_a_head_has_the_length_and_no_body(folder: Path) -> None:
    reply = answer(folder, "/", "HEAD")

    assert (reply.body, reply.headers["content-length"]) == (b"", str(len(PAGE)))


def test_other_methods_are_refused(folder: Path) -> None:
    assert answer(folder, "/", "POST").status_code == 405


def test_a_client_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    reply = answer(tmp_path, "/")

    assert reply.status_code == 503
    assert b"make web" in bytes(reply.body)
