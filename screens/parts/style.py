"""The little that the theme cannot say. Nothing from data enters it."""

from __future__ import annotations

import json

import streamlit as st

from gaps.i18n import Words

# Where the wide drawing's words would not fit into its boxes (a phone, half a window, a page enlarged) the narrow one is shown.
# The server does not know that width, the style sheet does.
_WIDTHS = """
.st-key-chart-diagram, .st-key-chart-curves { container-type: inline-size; }
.st-key-for-narrow { display: none; }
@container (max-width: 719px) { .st-key-for-wide { display: none; } .st-key-for-narrow { display: flex; } }
"""

# In a card the certainty stands below what was found; a phone has no line to spare for that.
_CARDS = """
@media (min-width: 641px) { [class*="st-key-answer-"] p > span { display: block; line-height: 1.45; margin-top: 0.2rem; } }
"""

# The first screen of a phone belongs to the answer: headings stand close together there.
_PHONE = """
@media (max-width: 640px) {
  [data-testid="stMain"] h1 { padding: 0 0 0.4rem; font-size: 1.4rem; }
  [data-testid="stMain"] h2 { padding: 0.25rem 0 0.6rem; }
  [class*="st-key-answer-"] { gap: 0.25rem; padding: 0.6rem 0.75rem; }
  .st-key-quality-notice [data-testid="stMarkdown"] { display: none; }
  .st-key-quality-notice { margin: -0.75rem 0; }
  .st-key-quality-notice a { padding-top: 0; padding-bottom: 0; min-height: 0; }
  [class*="st-key-answer-"] p { line-height: 1.35; font-size: 0.94rem; }
  [class*="st-key-answer-"] p > span { font-size: 0.8rem !important; }
}
"""

# Where the keyboard stands is seen on links as it is on buttons.
_FOCUS = """
[data-testid="stSidebarNavLink"]:focus-visible, [data-testid="stPageLink-NavLink"]:focus-visible {
  outline: 2px solid currentColor; outline-offset: -2px;
}
"""

# A sentence in a table keeps room to be read; a narrow table is pushed sideways inside its frame, not the page.
_PROBLEMS = """
[class*="st-key-problems-"] td:first-child { min-width: 14rem; }
[class*="st-key-problems-"] td:last-child { min-width: 9rem; }
"""

# What a row is about is read in one go, not letter by letter, however many columns follow.
_TABLES = """
[data-testid="stTable"] td:first-child { min-width: 4.25rem; }
"""

# Apply and undo stay in sight over a long table of columns.
_MAPPING = """
[data-testid="stLayoutWrapper"]:has(> .st-key-mapping-bar) { position: sticky; top: 0; z-index: 90; padding: 0.5rem 0; background: %s; }
@media (max-width: 640px) {
  [data-testid="stLayoutWrapper"]:has(> .st-key-mapping-bar) { top: 3.75rem; }
  [class*="st-key-quality-"] { flex-direction: column; gap: 0.25rem; }
  [class*="st-key-quality-"] > div { flex: none !important; }
}
"""

# A link is read to its end, not to where the copy button covers it.
_LINK = """
[role="dialog"] [data-testid="stCode"] pre { padding-right: 3.25rem; }
[role="dialog"] [data-testid="stCode"] code { word-break: break-all; }
"""

# The predicted change stays in sight while sliders are moved. It lies over an unseen sentence of about its length, and where it is longer
# over what follows: the sliders stay where the finger is.
_WHAT_IF = """
[data-testid="stLayoutWrapper"]:has(> .st-key-predicted) { position: sticky; top: 0; z-index: 80; }
.st-key-predicted { position: relative; }
.st-key-predicted-room { visibility: hidden; }
[data-testid="stLayoutWrapper"]:has(> .st-key-predicted-now) {
  position: absolute; top: 0; left: 0; right: 0; z-index: 81; min-height: 100%%; padding-bottom: 0.5rem; background: %s;
}
@media (max-width: 640px) {
  [data-testid="stLayoutWrapper"]:has(> .st-key-predicted) { top: 3.75rem; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-predicted-now) { box-shadow: 0 6px 8px -8px currentColor; }
  [data-testid="stColumn"]:has(.st-key-moves) { order: -1; }
  .st-key-predicted h2 { font-size: 1.02rem; line-height: 1.3; }
  .st-key-predicted p { font-size: 0.82rem; line-height: 1.35; }
}
"""

# The drop zone's own words are English in every language; where the reader's is another, ours are shown in their place.
_DROP_ZONE = """
.st-key-drop section button p, .st-key-drop [data-testid="stFileUploaderDropzoneInstructions"] span { font-size: 0; }
.st-key-drop section button p::after { content: %s; font-size: 0.875rem; }
.st-key-drop [data-testid="stFileUploaderDropzoneInstructions"] span::after { content: %s; font-size: 0.875rem; }
"""


def sheet(words: Words) -> None:
    """Send the style sheet."""
    ours = (words("app.intake.choose"), words("app.intake.limit", megabytes=st.get_option("server.maxUploadSize")))
    own = "" if words.language == "en" else _DROP_ZONE % tuple(json.dumps(text, ensure_ascii=False) for text in ours)
    paper = st.get_option(f"theme.{st.context.theme.type or 'light'}.backgroundColor") or "Canvas"
    st.html(f"<style>{_WIDTHS}{_CARDS}{_PHONE}{_FOCUS}{_TABLES}{_PROBLEMS}{_LINK}{_MAPPING % paper}{_WHAT_IF % paper}{own}</style>")
