"""When another process last received something by TCP, as far as the system tells (Linux).

A process that gets a few bytes now and then uses no more of a processor than one that waits. The
kernel knows better, of each connection: it is asked as `ss --info` asks it (sock_diag(7)).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from wisp.patterns import pattern

_SOCK_DIAG = 4
#: Of `linux/netlink.h` and `linux/sock_diag.h`: what is asked, of all there are.
_BY_FAMILY, _REQUEST_ALL = 20, 0x301
_HEADER, _MESSAGE = struct.Struct("=IHHII"), 72
_TCP, _WITH_INFO, _ANY_STATE, _INFO = 6, 1 << 1, 0xFFFFFFFF, 2
#: Of `linux/inet_diag.h` and `linux/tcp.h`: the inode, and milliseconds since data came.
_INODE, _LAST_DATA = 68, 52
_SECONDS = 1.0
_SOCKET = pattern(r"socket:\[(\d+)\]")


def silence_of(pid: int) -> float | None:
    """Return for how many seconds nothing has come in; None without connections, or any answer."""
    try:
        inodes = _sockets(pid)
        if not inodes:
            return None
        ages = [
            age
            for family in (socket.AF_INET, socket.AF_INET6)
            for inode, age in _connections(family)
            if inode in inodes
        ]
    except (OSError, AttributeError, struct.error):  # no such system, or it lets nobody ask
        return None
    return min(ages, default=None)


def _sockets(pid: int) -> frozenset[int]:
    links = (str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir())
    found = (_SOCKET.match(link) for link in links)
    return frozenset(int(match[1]) for match in found if match)


def _connections(family: int) -> Iterator[tuple[int, float]]:
    """Yield each TCP connection of the machine: its inode, and the seconds since data came."""
    wanted = struct.pack("=BBBxI48x", family, _TCP, _WITH_INFO, _ANY_STATE)
    head = _HEADER.pack(_HEADER.size + len(wanted), _BY_FAMILY, _REQUEST_ALL, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as asking:
        asking.settimeout(_SECONDS)
        asking.sendto(head + wanted, (0, 0))
        while True:
            answer = asking.recv(1 << 16)
            for kind, message in _parts(answer, "=IH", _HEADER.size):
                if kind != _BY_FAMILY:  # the end, or a refusal
                    return
                (inode,) = struct.unpack_from("=I", message, _INODE)
                for name, value in _parts(message[_MESSAGE:], "=HH", 4):
                    if name == _INFO:
                        yield inode, struct.unpack_from("=I", value, _LAST_DATA)[0] / 1000


def _parts(data: bytes, form: str, header: int) -> Iterator[tuple[int, bytes]]:
    """Take apart what stands one behind another, each with its length and kind in front."""
    at = 0
    while at + header <= len(data):
        length, kind = struct.unpack_from(form, data, at)
        if length < header:
            return
        yield kind, data[at + header : at + length]
        at += (length + 3) & ~3
