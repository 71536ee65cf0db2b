"""Studies that a link names: the sample company, and those kept on this server under a token."""

from __future__ import annotations

import hashlib

from gaps import store
from screens.parts import cache, state

SAMPLE = "sample"
UNSHARED = "unshared"  # stands in the address of a study that is not kept: it says no more than that


def name() -> str:
    """What the study shown is called in an address."""
    return SAMPLE if state.file() == cache.sample_digest() else state.token() or UNSHARED


def follow(called: str) -> str:
    """Show the study that an address names from now on; empty if that was possible, else why not."""
    if state.file() is not None and called == name():
        return ""
    if called == SAMPLE and cache.sample_digest():
        _show(cache.keep_sample())
        return ""
    if called == UNSHARED:
        return "unshared"
    found = cache.shared(called)
    if isinstance(found, store.Refused):
        return found.code
    digest = state.behind(called)
    if digest is None:
        digest = hashlib.sha256(f"shared {called}".encode()).hexdigest()
        state.shared(called, digest)
    _show(cache.keep(digest, found))
    return ""


def _show(digest: str) -> None:
    state.map_columns(None)
    state.adopt(digest)
    state.arrived()  # nobody handed it in: it needs no word of thanks


def again(digest: str):
    """What was read of a study that has made room for others, where it is kept elsewhere; else None."""
    if digest == cache.sample_digest():
        return cache.imported(cache.keep_sample())
    token = state.token()
    found = cache.shared(token) if token is not None else None
    if found is None or isinstance(found, store.Refused):
        return None
    return cache.imported(cache.keep(digest, found))


def keep(imported) -> str:
    """Keep the study shown on this server; empty if that was possible, else why not."""
    found = store.keep(imported)
    if isinstance(found, store.Refused):
        return found.code
    state.shared(found, state.file(), imported.study.title)
    return ""


def forget(token: str) -> bool:
    """Keep a study no longer; whether nothing is left of it."""
    gone = store.forget(token)
    if gone:
        state.unshare(token)
    return gone
