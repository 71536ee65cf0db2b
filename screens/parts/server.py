"""What the server's process is given beyond what Streamlit's settings offer."""

from __future__ import annotations

import os
import socket
import stat

_DESCRIPTORS = "/dev/fd"  # there is none on Windows, where nothing is changed


def answer_at_once() -> None:
    """Have every packet sent as soon as it is written.

    Streamlit binds its socket in a way that keeps asyncio from doing so: the last packets of each rerun then wait for the browser's
    delayed acknowledgement, 40 ms after every click. Connections inherit the option from the socket that listens.
    """
    for descriptor in map(int, os.listdir(_DESCRIPTORS) if os.path.isdir(_DESCRIPTORS) else ()):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                _send_at_once(os.dup(descriptor))
        except OSError:  # closed meanwhile
            continue


def _send_at_once(descriptor: int) -> None:
    with socket.socket(fileno=descriptor) as found:
        if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
