"""The frame: pages, language, shared filters. `streamlit run app.py`"""

from pathlib import Path

import streamlit as st

from screens.parts import browser, cache, guards, language, links, selection, share_box, show, state, style, takeaway, walk

ICON = Path(__file__).parent / "screens" / "parts" / "icon.svg"
WIDTH = 1040  # pixels: on a wide screen charts and lines of text do not grow further

cache.begin()
cache.remove_ended()
links.arrive()  # before the navigation: see there
words = language.words()


def page(file: str, name: str, **more):
    """No icon: Streamlit would fetch it from a foreign host to show it on the browser's tab."""
    return st.Page(f"screens/{file}.py", title=words(f"app.page.{name}"), **more)


shown = st.navigation(
    {
        "": [page("tell/overview", "overview", default=True)],
        words("app.group.collect"): [
            page("collect/upload", "upload", url_path="upload"),
            page("collect/planning", "planning", url_path="planning"),
        ],
        words("app.group.measure"): [
            page("measure/five_gaps", "five_gaps", url_path="five-gaps"),
            page("measure/gap", "gap", url_path="gap"),
            page("measure/dimensions", "dimensions", url_path="dimensions"),
            page("measure/compare", "compare", url_path="compare"),
            page("measure/unit", "unit", url_path="unit-profile"),
        ],
        words("app.group.explain"): [
            page("explain/drivers", "drivers", url_path="drivers"),
            page("explain/loss_aversion", "loss_aversion", url_path="loss-aversion"),
            page("explain/what_if", "what_if", url_path="what-if"),
        ],
    }
)
st.set_page_config(page_title=f"{shown.title} · {words('app.name')}", page_icon=str(ICON), layout="wide", initial_sidebar_state="auto")
style.sheet(words)
with st.sidebar:
    if (kept := guards.imported()) is not None:
        language.compare(kept.study)
        selection.choose(kept.study)
        share_box.button("sidebar")
    language.switch()
cache.settle("frame")
if (way := state.way()) is not None:  # what a click opens; only now, when the filters have been drawn and keep what they hold
    walk.to(way)
browser.script(words, dark=show.dark())
takeaway.head(kept.study if kept is not None else None)
if kept is not None:
    st.set_page_config(page_title=f"{shown.title} · {kept.study.title} · {words('app.name')}")
with st.container(width=WIDTH, key="page-width"), guards.faults():
    if kept is not None and shown.url_path:  # the first page has the study's name for its title
        show.of_study(kept.study)
    links.notices()
    with links.watching():
        shown.run()
cache.settle(f"{shown.url_path} {kept.study.fingerprint if kept is not None else ''}")  # what this page computed stays
