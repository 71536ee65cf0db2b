"""Studies that a link names: the sample company, and those kept on this server under a token."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from gaps import quality as doubts
from gaps import store
from screens.parts import cache, quality, state

SAMPLE = "sample"
OVER = ("unknown", "ended")
UNSHARED = "unshared"  # stands in the address of a study that is not kept: it says no more than that


def name() -> str:
    """What the study shown is called in an address: by its token as long as the same answers are set aside as when it was shared."""
    if state.file() == cache.sample_digest():
        return SAMPLE
    if state.followed():
        return state.tokens()[0]
    return next((token for token in state.tokens() if state.aside(token) == _set_aside() and not store.ended(state.until(token))), UNSHARED)


def _set_aside() -> tuple[str, ...] | None:
    """The switches that are on for the study shown."""
    digest = state.file()
    try:
        kept = cache.imported(digest)
    except cache.Forgotten:
        kept = again(digest)
    return None if kept is None else quality.switches(kept.study)


def follow(called: str) -> str:
    """Show the study that an address names from now on; empty if that was possible, else why not."""
    if state.file() is not None and called == name():
        return ""
    if called == SAMPLE and cache.sample_digest():
        _show(cache.keep_sample())
        return ""
    if called == UNSHARED:
        return "" if state.tokens() and not state.followed() else "unshared"  # as it stood in this session before it was shared
    found = cache.shared(called)
    if isinstance(found, store.Refused):
        state.link_ended(found.values.get("day"))
        return found.code
    digest = state.behind(called)
    if digest is None:
        digest = hashlib.sha256(f"shared {called}".encode()).hexdigest()
        usual = doubts.default_switches(cache.checks(found.study)) if found.aside is None else found.aside
        state.shared(called, digest, usual, until=found.until)
    _show(cache.keep(digest, found))
    if not state.followed():
        quality.restore(found.study, state.aside(called))
    return ""


def let_go() -> bool:
    """Show a study that came by a link no longer once it is not shared any more; whether that is so now."""
    if not state.followed():
        return False
    found = cache.shared(state.tokens()[0])
    if not isinstance(found, store.Refused) or found.code not in OVER:  # a file that cannot be read just now was not taken back
        return False
    state.leave()
    state.link_ended(found.values.get("day"))
    state.link_said(found.code)
    return True


def _show(digest: str) -> None:
    state.map_columns(None)
    state.adopt(digest)
    state.arrived()  # nobody handed it in: it needs no word of thanks


def again(digest: str):
    """What was read of a study that has made room for others, where it is kept elsewhere; else None."""
    if digest == cache.sample_digest():
        return cache.imported(cache.keep_sample())
    found = next((cache.shared(token) for token in state.tokens()), None)
    if found is None or isinstance(found, store.Refused):
        return None
    return cache.imported(cache.keep(digest, found))


def keep(imported, term: store.Term) -> str:
    """Keep the study shown on this server for a term, as it is set aside now; empty if that was possible, else why not."""
    aside, until = quality.switches(imported.study), store.last_day(term)
    found = store.keep(replace(imported, aside=aside, until=until))
    if isinstance(found, store.Refused):
        return found.code
    state.shared(found, state.file(), aside, imported.study.title, until)
    return ""


def forget(token: str) -> bool:
    """Keep a study no longer; whether nothing is left of it."""
    gone = store.forget(token)
    if gone:
        state.unshare(token)
    return gone
