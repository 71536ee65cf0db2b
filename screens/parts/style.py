"""The little that the theme cannot say. Nothing from data enters it."""

from __future__ import annotations

import json

import streamlit as st

from gaps.charts import palette
from gaps.i18n import Words
from screens.parts.intake import KINDS

_SLIDERS = """
[data-testid="stSlider"] [data-testid="stSliderThumbValue"] p { text-wrap: nowrap; }
[data-testid="stSliderTickBar"] { transition: none !important; }
"""

# Streamlit hides a new chart until it has measured the page. It is drawn for the right width from the start (scripts/drawing.js), and would
# be gone from sight for a moment.
_DRAWN = """
.js-plotly-plot { visibility: visible !important; }
"""

# Where a click opens something, the pointer says so: over a mark that answers, which shows its words at the same time.
_CLICK = """
[class*="st-key-click-"] .js-plotly-plot .nsewdrag { cursor: default; }
[class*="st-key-click-"] .js-plotly-plot:has(.hoverlayer .hovertext) .nsewdrag { cursor: pointer; }
[class*="st-key-click-"] .js-plotly-plot:has(.barlayer .point) :is(.svg-container, .nsewdrag) { cursor: pointer; }
"""

# A drawing that answers to clicks would swallow every touch (Plotly prevents what follows one), and a finger on it could not move the page.
# It does not hear of touches: the browser scrolls, and makes of a tap the click that the drawing answers to.
_TOUCH = """<script>
if (!window.gapsTouch) {
  window.gapsTouch = true;
  document.addEventListener("touchstart", (e) => {
    if (e.target.closest && e.target.closest('[class*="st-key-click-"] .nsewdrag')) e.stopPropagation();
  }, { capture: true, passive: true });
}
</script>"""

# In a card the certainty stands below what was found; a phone has no line to spare for that.
_CARDS = """
@media (min-width: 641px) { [class*="st-key-answer-"] p > span { display: block; line-height: 1.45; margin-top: 0.2rem; } }
"""

# The key figures stand in one row, on a phone two by two; the number is what is seen first.
_FIGURES = """
[class*="st-key-cards-"] { container-type: inline-size; }
[class*="st-key-cards-"] ul { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.75rem; margin: 0; padding: 0; }
[class*="st-key-cards-"] li {
  list-style: none; margin: 0; padding: 0.7rem 0.8rem; line-height: 1.4; overflow-wrap: anywhere;
  border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 0.5rem;
}
.st-key-cards-figures li strong { font-size: 1.7rem; line-height: 1.25; font-variant-numeric: tabular-nums; white-space: nowrap; }
.st-key-cards-fixes ul { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.st-key-cards-fixes { margin-bottom: 0.5rem; }
.st-key-cards-fixes li { border-width: 0 0 0 3px; border-radius: 0; padding-block: 0.1rem; }  /* no frame: nothing is pressed there */
[class*="st-key-cards-"] li { text-wrap: balance !important; }
.st-key-below-fixes [data-testid="stPageLink-NavLink"] { padding-left: 0; }
.st-key-cards-fixes li > span { display: block; margin-top: 0.2rem; }
@container (max-width: 659px) {
  .st-key-cards-figures ul { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .st-key-cards-fixes ul { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 640px) {
  [class*="st-key-cards-"] ul { gap: 0.5rem; }
  [class*="st-key-cards-"] li { padding: 0.45rem 0.65rem; line-height: 1.3; }
  [class*="st-key-cards-"] li > span { font-size: 0.78rem !important; }
  .st-key-cards-figures li strong { font-size: 1.45rem; }
}
"""

# On the Overview the answer is the largest text; the study's name stands small over it.
_HEADLINE = """
.st-key-of-study { margin-bottom: -0.9rem; }
.st-key-of-study p { line-height: 1.25; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.st-key-study-title h1 { font-size: 1.05rem; font-weight: 600; padding: 0.9rem 0 0; line-height: 1.4; }
[class*="st-key-headline"] { container-type: inline-size; }
[class*="st-key-headline"] h2 {
  font-size: clamp(1.35rem, 2.2cqi + 0.6rem, 1.75rem); line-height: 1.25; padding: 0 0 0.7rem; text-wrap: balance !important;
}
"""

# A heading that a link leads to takes the keyboard's place without a ring: nothing is pressed there.
_PLACES = """
[class*="st-key-place-"] :is(h2, h3):focus { outline: none; }
"""

# Words that lead to a page look like it where no arrow stands before them.
_WAYS = """
[class*="st-key-open-"] [data-testid="stBaseButton-tertiary"] p {
  text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.25em;
}
"""

# No word stands alone on the last line.
_LINES = """
[data-testid="stMain"] :is(h1, h2, h3) { text-wrap: balance; }
[data-testid="stMain"] p { text-wrap: pretty; }
"""

# Who is shown takes one line, with the way back to everybody or without.
_SELECTED = """
.st-key-selected { min-height: 1.75rem; }
.st-key-selected button { min-height: 1.75rem; padding-block: 0; }
"""

# How sure the first sentence of a page is keeps room for two lines: the chart below stays where it is when other people are selected.
_LEAD = """
@media screen and (min-width: 641px) { .st-key-lead [data-testid="stElementContainer"]:last-child p { min-height: 2lh; } }
"""

# The first screen of a phone belongs to the answer: headings stand close together there.
_PHONE = """
@media (max-width: 640px) {
  [data-testid="stMain"] h1 { padding: 0 0 0.4rem; font-size: 1.4rem; }
  [data-testid="stMain"] h2 { padding: 0.25rem 0 0.6rem; }
  .st-key-study-title h1 { font-size: 1rem; padding: 0; }
  [class*="st-key-answer-"] { gap: 0.25rem; padding: 0.6rem 0.75rem; }
  .st-key-quality-notice { align-items: flex-start; margin: 0 0 -0.5rem; gap: 0 1rem; }
  .st-key-quality-notice p { line-height: 1.3; }
  .st-key-quality-notice p span { font-size: 0.78rem !important; }
  [class*="st-key-place-"] { scroll-margin-top: 4rem; }
  .st-key-quality-notice a { padding: 0; min-height: 1.75rem; }
  [class*="st-key-open-"] [data-testid="stHorizontalBlock"] { gap: 0 1rem; }
  [class*="st-key-answer-"] p { line-height: 1.35; font-size: 0.94rem; }
  [class*="st-key-answer-"] p > span { font-size: 0.8rem !important; }
  [data-testid="stHorizontalBlock"] { row-gap: 1rem; }
  .st-key-selected { gap: 0 0.75rem; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-selected:not(:has(button))) { display: none; }
  [role="dialog"] [data-testid="stButtonGroup"] [role="radiogroup"] button { padding-inline: 0.35rem; }
  [data-testid="stButtonGroup"] [role="radiogroup"] button { padding-inline: 0.55rem; }
  [data-testid="stButtonGroup"] [role="radiogroup"] button p { font-size: 0.8125rem; }
  [data-testid="stTable"] :is(th, td) { padding: 0.35rem 0.3rem; font-size: 0.8125rem; }
  [data-testid="stTable"] :is(th, td):not(:first-child) { padding-left: 0.6rem; }
  [data-testid="stFileUploaderDropzoneInstructions"] span { white-space: normal; }
}
"""

# Where the keyboard stands is seen on links as it is on buttons.
_FOCUS = """
[data-testid="stSidebarNavLink"]:focus-visible, [data-testid="stPageLink-NavLink"]:focus-visible {
  outline: 2px solid currentColor; outline-offset: -2px;
}
[data-testid="stLayoutWrapper"]:has(> .st-key-touch) { display: none; }
"""

# Both are there without taking room: what the browser is told, and what only paper shows.
_UNSEEN = """
[data-testid="stLayoutWrapper"]:has(> .st-key-page-script) { display: none; }
@media not print { [data-testid="stLayoutWrapper"]:has(> :is(.st-key-paper-head, .st-key-paper-unit)) { display: none; } }
"""

# Paper has what is read and nothing that is pressed: no menu, no filters; of a folded part its name. A chart shrinks to the
# paper's width (the page's script tells each drawing its own size) and is on one page with its words; one taller than a page shrinks
# further.
_PAPER = """
@media print {
  @page { margin: 14mm 12mm; }
  html { font-size: 11.5px; }
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stExpandSidebarButton"],
  [data-testid="stFileUploader"], [data-testid="stSelectbox"], [data-testid="stMultiSelect"], [data-testid="stNumberInput"],
  [data-testid="stTextInput"], [data-testid="stCheckbox"], [data-testid="stButton"], [data-testid="stButtonGroup"],
  [data-testid="stDownloadButton"], [data-testid="stPageLink"], [data-testid="stPopover"], [data-testid="stSlider"],
  [data-testid="stElementToolbar"], [data-testid="stLayoutWrapper"]:has(> .st-key-moves), .st-key-take-along, .st-key-of-study,
  [class*="st-key-open-"], [class*="st-key-way-"] { display: none !important; }
  .st-key-cards-figures ul { grid-template-columns: repeat(4, minmax(0, 1fr)) !important; }
  [class*="st-key-cards-"] li { break-inside: avoid; }
  [data-testid="stLayoutWrapper"]:not(:has([data-testid="stMarkdown"], [data-testid="stHeading"], [data-testid="stPlotlyChart"],
  [data-testid="stTable"], [data-testid="stDataFrame"], [data-testid="stAlert"], summary)) { display: none !important; }
  .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"], [data-testid="stMainBlockContainer"] {
    display: block !important; position: static !important; overflow: visible !important; height: auto !important;
    width: 100% !important; max-width: none !important; padding: 0 !important; background: none !important;
  }
  [data-testid="stMain"] * { max-width: 100% !important; }
  [data-testid="stLayoutWrapper"] { position: static !important; box-shadow: none !important; }
  [data-testid="stExpander"] details { border: 0 !important; }
  [data-testid="stExpander"] summary { padding: 0 !important; min-height: 0 !important; }
  .st-key-paper-head p { font-size: 0.85rem; border-bottom: 1px solid currentColor; padding-bottom: 0.2rem; }
  [class*="st-key-chart-"], [data-testid="stTable"] tr, [class*="st-key-answer-"], [data-testid="stMarkdown"] { break-inside: avoid; }
  [data-testid="stElementContainer"]:has(h1, h2, h3, p > strong:only-child) { break-after: avoid; }
  :is([data-testid="stElementContainer"], [data-testid="stFullScreenFrame"]):has(.js-plotly-plot),
  [data-testid="stPlotlyChart"], .js-plotly-plot { height: auto !important; flex: none !important; }
  [data-testid="stPlotlyChart"] > div { height: auto !important; }
  [data-testid="stPlotlyChart"] > .js-plotly-plot {
    aspect-ratio: var(--gaps-ratio); width: min(100%, var(--gaps-width)) !important; max-height: 200mm;
  }
  .js-plotly-plot :is(.plot-container, .svg-container), .js-plotly-plot svg.main-svg { width: 100% !important; height: 100% !important; }
  [data-testid="stElementContainer"]:has(.gaps-not-on-paper) { display: none; }
}
"""

# A grid is printed as the plain table that the page's script puts beside it, with its head on each page; how the numbers were computed,
# and what stands in a folded table, is printed unfolded, because nobody can unfold paper. Other folded parts are printed if they are open.
_WHOLE = """
.gaps-paper-table { display: none; }
@media print {
  .gaps-paper-table { display: table; width: 100%; border-collapse: collapse; font-size: 0.82rem; line-height: 1.3; }
  .gaps-paper-table thead { display: table-header-group; }
  .gaps-paper-table tr { break-inside: avoid; }
  .gaps-paper-table :is(th, td) {
    padding: 0.15rem 0.9rem 0.15rem 0; border-bottom: 1px solid #D3D9E0; text-align: left; vertical-align: top; font-weight: 400;
  }
  .gaps-paper-table th { font-weight: 600; vertical-align: bottom; }
  .gaps-paper-table .number { text-align: right; font-variant-numeric: tabular-nums; }
  .gaps-paper-table td.number { white-space: nowrap; }
  .gaps-paper-table caption { caption-side: bottom; text-align: left; padding-top: 0.3rem; }
  [data-testid="stDataFrame"]:is(.gaps-typed, :has(+ .gaps-paper-table)) { display: none !important; }
  :is([data-testid="stElementContainer"], [data-testid="stFullScreenFrame"]):has(> .gaps-paper-table, > * > .gaps-paper-table) {
    height: auto !important; width: 100% !important; flex: none !important;
  }
  :is(.gaps-method, .gaps-folded-table)::details-content { content-visibility: visible; display: block; height: auto; opacity: 1; }
  .gaps-folded-table [data-testid="stExpanderDetails"] { padding: 0 !important; }
  .gaps-method { break-inside: avoid; }
  .gaps-method [data-testid="stExpanderDetails"] { padding: 0 !important; }
  .gaps-method [data-testid="stExpanderDetails"] * { font-size: 0.8rem !important; line-height: 1.35 !important; }
}
"""

# A drawing, like all text, is printed in the light theme's colours, whatever the screen has.
_LIGHT_PAPER = """
:root { color-scheme: light !important; }
html, body, [data-testid="stApp"] { background: #FFFFFF !important; }
[data-testid="stApp"] :not(svg *) {
  color: %(textColor)s !important; border-color: %(borderColor)s !important; background: none !important;
}
[data-testid="stDataFrame"] canvas { filter: invert(1) hue-rotate(180deg); }
"""

# The menu below a chart reads as one list.
_MENUS = """
[data-testid="stPopoverBody"]:has([class*="st-key-picture-"]) { padding: 0.5rem 1rem; min-width: 11rem; width: auto; }
[data-testid="stPopoverBody"]:has([class*="st-key-picture-"]) [data-testid="stVerticalBlock"] { gap: 0; }
[data-testid="stPopoverBody"]:has([class*="st-key-picture-"]) button { min-height: 2.25rem; }
"""

# The line below a figure is there for whoever looks for it.
_FOOTER = """
:is([class*="st-key-how-"], [class*="st-key-take-"]) [data-testid="stPopoverButton"] { color: %s; min-height: 2rem; }
:is([class*="st-key-how-"], [class*="st-key-take-"]) [data-testid="stPopoverButton"] p { font-size: 0.875rem; }
.st-key-how-figures { margin-top: 0.1rem; }
[data-testid="stPopoverBody"]:has([class*="st-key-explained-"]) [data-testid="stMarkdown"] p { margin-bottom: 0.5rem; }
"""

# What is being computed is said above the page: it pushes nothing down that is being read.
_WAIT = """
[data-testid="stElementContainer"]:has([data-testid="stSpinner"]) {
  position: fixed; top: 0.75rem; left: 50%%; transform: translateX(-50%%); width: max-content; z-index: 100;
  padding: 0.25rem 1rem; border: 1px solid currentColor; border-radius: 0.5rem; background: %s;
}
"""

# A pressed or chosen button keeps the colour of text: the theme's own is too dim on a dark page. What is chosen is underlined, too.
_PRESSED = """
[data-testid="stButtonGroup"] button:is([aria-checked="true"], [aria-pressed="true"]) { color: inherit !important; }
[data-testid="stButtonGroup"] button:is([aria-checked="true"], [aria-pressed="true"]):not(:focus-visible) {
  box-shadow: inset 0 -2px 0 currentColor;
}
[data-testid="stPopoverButton"]:is(:active, [aria-expanded="true"]), [data-testid="stBaseButton-tertiary"]:active {
  color: inherit !important;
}
"""

# A sentence in a table keeps room to be read; a narrow table is pushed sideways inside its frame, not the page.
_PROBLEMS = """
[class*="st-key-problems-"] td:first-child { min-width: 14rem; }
[class*="st-key-problems-"] td:last-child { min-width: 9rem; }
@media (max-width: 640px) {
  [class*="st-key-problems-"] td:first-child { min-width: 10rem; }
  [class*="st-key-problems-"] td:last-child { min-width: 6rem; }
}
"""

# What a row is about is read in one go, not letter by letter, however many columns follow; it stays where a wide table is pushed sideways,
# by whole columns (scripts/page.js): no number is cut by an edge. A sign says that the table goes on.
_TABLES = """
[data-testid="stTable"] td:first-child { min-width: 4.25rem; }
[data-testid="stTable"] th p { text-wrap: balance; }
@media not print {
  [data-testid="stTable"] { position: relative; }
  .gaps-pushed { scroll-snap-type: x mandatory; scroll-padding-left: var(--gaps-first, 0); clip-path: inset(0 var(--gaps-after, 0) 0 0); }
  .gaps-pushed :is(th, td) { scroll-snap-align: start; }
  .gaps-pushed :is(th, td):last-child { min-width: 7rem; }
  .gaps-pushed :is(th, td):first-child { position: sticky; left: 0; z-index: 1; background: %s; }
  .gaps-pushed :is(th, td):first-child::after {
    content: ""; position: absolute; left: 100%%; top: 0; bottom: -1px; width: var(--gaps-before, 0); background: inherit;
  }
  .gaps-more::after { content: "›"; position: absolute; right: 0.1rem; top: 0.1rem; font-size: 1.5rem; line-height: 1; }
}
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

# A link is read to its end, not to where the copy button covers it; a finger finds that button too, which else a mouse alone brings out.
_LINK = """
[role="dialog"] [data-testid="stCode"] pre { padding-right: 3.25rem; }
[role="dialog"] [data-testid="stCode"] code { word-break: break-all; }
[role="dialog"] [data-testid="stCode"] > div { opacity: 1; visibility: visible; }
"""

# The predicted change stays in sight while sliders are moved. It lies over an unseen sentence of about its length, and where it is longer
# over what follows: the sliders stay where the finger is. On a phone both batteries stand side by side, on a wider page each is a row.
_WHAT_IF = """
[data-testid="stLayoutWrapper"]:has(> .st-key-predicted) { position: sticky; top: 0; z-index: 80; }
.st-key-predicted { position: relative; }
.st-key-predicted-room { visibility: hidden; }
[data-testid="stLayoutWrapper"]:has(> .st-key-predicted-now) {
  position: absolute; top: 0; left: 0; right: 0; z-index: 81; min-height: 100%%; padding-bottom: 0.5rem; background: %s;
}
@media (min-width: 641px) {
  .st-key-predicted-room { min-height: 9rem; }  /* three lines and two: what a move of all dimensions needs */
  .st-key-moves { flex-direction: column; }
  [class*="st-key-moves-"] { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); align-items: end; }
  [class*="st-key-moves-"] > :first-child { grid-column: 1 / -1; }
}
@media (max-width: 640px) {
  [data-testid="stLayoutWrapper"]:has(> .st-key-predicted) { top: 3.75rem; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-predicted-now) { box-shadow: 0 6px 8px -8px currentColor; }
  .st-key-predicted h2 { font-size: 1.02rem; line-height: 1.3; }
  .st-key-predicted p { font-size: 0.82rem; line-height: 1.35; }
}
"""

# Chinese: no line begins with a closing mark, none ends with a lone character, Latin letters and figures keep a little air, nothing slants.
# A heading is broken after its marks and around its figures, within a clause only where that is longer than a line: no browser knows words.
_CHINESE = """
[data-testid="stApp"], [data-testid="stPopoverBody"] { line-break: strict; text-autospace: normal; }
[data-testid="stApp"] :is(p, li, td, th) { text-wrap: pretty; }
[data-testid="stApp"] :is(h1, h2, h3) { word-break: keep-all; overflow-wrap: anywhere; }
[data-testid="stTable"] td { min-width: 4.8em; }
[data-testid="stTable"] th { min-width: 3.8em; }
[data-testid="stApp"] :is(em, i) { font-style: normal; font-weight: 600; }
"""

# The drop zone's own words are English in every language; where the reader's is another, ours are shown in their place.
_DROP_ZONE = """
.st-key-drop section button p, .st-key-drop [data-testid="stFileUploaderDropzoneInstructions"] span { font-size: 0; }
.st-key-drop section button p::after { content: %s; font-size: 0.875rem; }
.st-key-drop [data-testid="stFileUploaderDropzoneInstructions"] span::after { content: %s; font-size: 0.875rem; }
"""


def _light_paper() -> str:
    light = {name: st.get_option(f"theme.light.{name}") for name in ("textColor", "borderColor")}
    drawn = [
        f'.js-plotly-plot [style*="{part}:{space}{dark}" i] {{ {part}: {light} !important; }}'
        for dark, light in palette.on_paper().items()
        for part in ("fill", "stroke")
        for space in ("", " ")
    ]
    return "@media print {" + _LIGHT_PAPER % light + "\n".join(drawn) + "}"


def sheet(words: Words) -> None:
    """Send the style sheet."""
    kinds = ("、" if words.language == "zh" else ", ").join(map(str.upper, KINDS))
    ours = (words("app.intake.choose"), words("app.intake.limit", megabytes=st.get_option("server.maxUploadSize"), kinds=kinds))
    own = "" if words.language == "en" else _CHINESE + _DROP_ZONE % tuple(json.dumps(text, ensure_ascii=False) for text in ours)
    paper = st.get_option(f"theme.{st.context.theme.type or 'light'}.backgroundColor") or "Canvas"
    dark = _light_paper() if st.context.theme.type == "dark" else ""
    with st.container(key="touch"):
        st.html(_TOUCH, unsafe_allow_javascript=True)
    footer = _FOOTER % palette.ink(bool(dark)).muted
    shown = (_PLACES, _SLIDERS, _DRAWN, _CLICK, _CARDS, _FIGURES, _HEADLINE, _WAYS, _LINES, _SELECTED, _LEAD, _PHONE, _FOCUS)
    told = (_TABLES % paper, _PROBLEMS, _LINK, footer, _MAPPING % paper, _WHAT_IF % paper)
    parts = (_UNSEEN, _PAPER, _WHOLE, dark, _MENUS, _WAIT % paper, _PRESSED, *shown, *told, own)
    st.html(f"<style>{''.join(parts)}</style>")
