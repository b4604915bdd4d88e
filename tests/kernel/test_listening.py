"""An address that cannot be listened on is found out early, and the message says what to change."""

import asyncio
import os
import socket

import pytest

from emergence.kernel.listening import Listening, PortTaken, bind, check_port


def test_a_taken_port_is_named_with_its_setting(free_port: int) -> None:
    other, _ = bind(Listening("127.0.0.1", free_port))

    with other, pytest.raises(PortTaken, match=f"port {free_port} on 127.0.0.1 is taken.*EMERGENCE_PORT"):
        check_port(Listening("127.0.0.1", free_port))


def test_a_check_leaves_the_port_free(free_port: int) -> None:
    check_port(Listening("127.0.0.1", free_port))

    bound, address = bind(Listening("127.0.0.1", free_port))

    bound.close()
    assert address.url() == f"http://127.0.0.1:{free_port}"


def test_port_zero_takes_a_free_one_and_tells_which() -> None:
    bound, address = bind(Listening("localhost", 0))

    with bound:
        assert address.port == bound.getsockname()[1] > 0


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_named_with_its_setting(host: str) -> None:
    with pytest.raises(PortTaken, match="is not an address of this machine; set EMERGENCE_HOST"):
        check_port(Listening(host, 0))


def test_an_open_socket_can_be_handed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as given:
        bound, address = bind(Listening("127.0.0.1", 0, fd=os.dup(given.fileno())))
        with bound:
            assert address.port == given.getsockname()[1]


async def test_what_is_sent_there_never_waits_for_more() -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    bound, address = bind(Listening("127.0.0.1", 0))

    async with await asyncio.start_server(lambda _, writer: accepted.put_nowait(writer), sock=bound):
        _, client = await asyncio.open_connection("127.0.0.1", address.port)
        served = await accepted.get()
        without_delay = served.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for writer in (served, client):
            writer.close()

    assert without_delay == 1


@pytest.mark.parametrize(("host", "url"), [("0.0.0.0", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")])
def test_a_url_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert Listening(host, 80).url() == url
