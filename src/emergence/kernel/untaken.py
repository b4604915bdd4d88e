"""What was written to a connection and not taken by the other side, also where it lies in the kernel."""

import asyncio
import socket
import struct
import sys

LINGER_NOT = struct.pack("ii", 1, 0)  # on, for no time: what was not taken is thrown away


def untaken_bytes(transport: asyncio.Transport) -> int:
    """Return how much waits here, and on Linux in the kernel too.

    The kernel takes megabytes ahead of a slow reader, and then nothing for minutes while they are read.
    """
    waiting = transport.get_write_buffer_size()
    peer = transport.get_extra_info("socket")
    if sys.platform != "linux" or peer is None or peer.fileno() < 0:
        return waiting
    from fcntl import ioctl
    from termios import TIOCOUTQ

    (in_kernel,) = struct.unpack("i", ioctl(peer.fileno(), TIOCOUTQ, bytes(4)))
    return waiting + int(in_kernel)


def cut(transport: asyncio.Transport) -> None:
    """End a connection by a reset: otherwise the kernel keeps its part for minutes more."""
    peer = transport.get_extra_info("socket")
    if peer is not None and peer.fileno() >= 0:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()
