"""Text from data is shown letter by letter, wherever it is shown."""

import html as html_module
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps import escape

# What a unit was named in trials: each did something in Streamlit's Markdown or in Plotly's labels.
NASTY = [
    "![x](http://127.0.0.1/pixel.png)",
    "[click](javascript:alert(1))",
    "http://example.org",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b>",
    ":red[alarm]",
    ":material/home:",
    ":smile:",
    "$x^2$",
    "`code`",
    "# heading",
    "- list",
    "1. list",
    "a | b",
    "~~gone~~",
    "*a* _b_ **c**",
    "&lt;b&gt;",
    "\\*a\\*",
    "==marked==",
]
CONTROL = "".join(map(chr, [*range(32), 127, *range(128, 160)]))


class TestVisible:
    @pytest.mark.parametrize("text", ["Café Zürich", "分行 9", "Ａ１", "naïve — “quoted”", "a  b", "👩\u200d🔧"])
    def test_keeps_what_a_reader_sees(self, text):
        assert escape.visible(text) == text

    @pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\x00", "\x1b", "\ue000", "\ud800"])
    def test_drops_what_a_reader_does_not_see(self, hidden):
        assert escape.visible(f"gpj{hidden}.exe") == "gpj.exe"

    @pytest.mark.parametrize(
        "text", ["Branch\nname", "Branch\r\nname", "Branch \n name", "Branch\tname", "Branch\u2028name", "Branch\x0bname"]
    )
    def test_a_break_parts_words(self, text):
        """Alt+Enter in a cell: what stands on two lines is two words."""
        assert escape.visible(text) == "Branch name"

    def test_takes_anything(self):
        assert escape.visible(12.5) == "12.5"

    @given(st.text())
    def test_twice_is_once(self, text):
        once = escape.visible(text)
        assert escape.visible(once) == once
        assert not set(once) & set(CONTROL)


class TestMarkdown:
    @pytest.mark.parametrize("text", NASTY)
    def test_leaves_no_sign_that_markdown_acts_on(self, text):
        escaped = escape.markdown(text)
        bare = re.sub(r"\\.|&[a-z]+;", "", escaped)
        assert not set(bare) & set("\\`*_{}[]()#+-.!|<>~$:&^=")

    @pytest.mark.parametrize("text", NASTY)
    def test_loses_no_letter(self, text):
        read = {"&lt;": "<", "&gt;": ">"}
        assert re.sub(r"\\.|&lt;|&gt;", lambda m: read.get(m[0], m[0][-1]), escape.markdown(text).replace("\u2060", "")) == text

    @pytest.mark.parametrize("text", ["see http://a.example/x", "HTTPS://a.example", "www.a.example", "mailto a.b@c.example"])
    def test_a_bare_address_is_no_link(self, text):
        """Streamlit's Markdown looks for addresses in the text that is left when escapes are resolved."""
        resolved = escape.markdown(text).replace("\\", "")
        assert not re.search(r"(?i)https?://|www\.|[-.\w+]@[-\w]", resolved)

    @pytest.mark.parametrize("text", ["a :material/home: b", ":smile:", ":+1:", ":-1:", ":streamlit:", "12:30:45"])
    def test_a_name_between_colons_is_no_icon(self, text):
        """Streamlit writes `:material_` for `:material/` before it reads Markdown, then looks for icons and emoji in what is left."""
        resolved = escape.markdown(text).replace("\\", "").replace(":material/", ":material_")
        assert not re.search(r"(?a):[\w+-]+:", resolved)

    @pytest.mark.parametrize("text", ["North", "分行 9", "Café"])
    def test_leaves_plain_names_alone(self, text):
        assert escape.markdown(text) == text

    def test_of_a_paragraph_stays_one_line(self):
        assert "\n" not in escape.markdown("one\n\n# two\r\tthree")


class TestHtml:
    @pytest.mark.parametrize("text", NASTY)
    def test_leaves_no_tag_and_reads_back(self, text):
        assert "<" not in escape.html(text)
        assert ">" not in escape.html(text)
        assert html_module.unescape(escape.html(text)) == text

    @given(st.text())
    def test_reads_back_as_what_is_visible(self, text):
        assert html_module.unescape(escape.html(text)) == escape.visible(text)


class TestCell:
    @pytest.mark.parametrize("text", ["=1+1", "=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
    def test_makes_formulas_text(self, text):
        assert escape.cell(text) == "'" + text

    @pytest.mark.parametrize("text", ["North", "a=b", "分行", "", "1-2"])
    def test_leaves_text_alone(self, text):
        assert escape.cell(text) == text
