"""What the server's process is given once, beyond what Streamlit's settings offer."""

from __future__ import annotations

import os
import socket

import streamlit as st

from gaps import settings

_DAY = 24 * 60 * 60  # seconds
_DESCRIPTORS = "/dev/fd"  # there is none on Windows, where nothing is changed


@st.cache_resource(show_spinner=False)
def answer_at_once() -> None:
    """Have every packet sent as soon as it is written.

    Streamlit binds its socket in a way that keeps asyncio from doing so: the last packets of each rerun then wait for the browser's
    delayed acknowledgement, 40 ms after every click. Connections inherit the option from the socket that listens.
    """
    for descriptor in os.listdir(_DESCRIPTORS) if os.path.isdir(_DESCRIPTORS) else ():
        try:
            with socket.socket(fileno=os.dup(int(descriptor))) as found:
                if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:  # no socket
            continue


@st.cache_resource(show_spinner=False, ttl=_DAY)
def remove_ended() -> None:
    """Remove the shared studies whose term is over: at the first visit after the start, and once a day after that."""
    if settings.folder().exists():
        from gaps import store

        store.remove_ended()
