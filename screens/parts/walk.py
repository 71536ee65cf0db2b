"""Going from page to page by itself."""

from __future__ import annotations

import streamlit as st


def to(page: str) -> None:
    """Go to a page and leave the address as it is: emptied on the way, it would take two more steps to go back."""
    st.switch_page(page, query_params={name: st.query_params.get_all(name) for name in st.query_params})
