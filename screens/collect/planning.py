"""How many answers the next survey needs: for what one wants to be able to say, of each role, with a study or before there is any."""

import streamlit as st

from gaps.findings import chain, planning
from gaps.model import Withheld
from screens.parts import cache, guards, language, show, wishes
from screens.parts.cache import charts
from screens.parts.tables import planning as tables

words = language.words()
show.title(words("app.page.planning"))
if guards.imported() is not None:
    result = guards.analysis("gaps")
else:
    result = None
    guards.why_empty()
study = result.protected.study if result is not None else None  # all units take part in the next survey, the small ones too
instrument = study.instrument if study is not None else None


def say(finding, mark: bool = True) -> None:
    show.said(*planning.sentence(finding, words, instrument), finding.severity if mark else "")


wished = wishes.ask(study)
if result is not None:
    plan = guards.planned(result, wished.outcome, wished.wanted)
else:
    with guards.waiting():
        plan = cache.first_plan(wished.wanted, wished.units)

lead, *asked = planning.answer(plan, wished.level)
show.led(*planning.sentence(lead, words, instrument))
with st.grid(3, min_column_width=240):
    for one in asked:
        with st.container(border=True, height="stretch", key=f"answer-{one.values['role']}"):
            show.strong(words(f"app.upload.who.{one.values['role']}"))
            say(one)
for one in (found := planning.advise(plan)):
    if one.code.startswith("assumed"):
        say(one)

named = planning.naming(plan)
if named:
    show.section(words("app.planning.naming"))
    if result is not None:
        show.note(words("planning.another"))
for naming, one in named:
    if one.code.startswith("naming_gaps") and result is not None:
        along = chain.naming(guards.deeper(result, wished.outcome, "five_gaps").five_gaps)
        if along is not None:  # the Drivers page names the gap along the chain: here stands what that takes
            show.said(*chain.statement_and_certainty(along, words), along.severity)
            continue
    say(one)
    if not isinstance(naming, Withheld):
        drawn = charts.naming_curve(naming, instrument, words=words, dark=show.dark())
        show.chart(drawn, f"naming-{naming.level}", tables.curve(naming), led=True)

show.section(words("app.planning.questions"))
for one in found:
    if not one.code.startswith(("naming", "assumed")):
        say(one)
for per in planning.levels(plan):
    if box := show.on_demand(words(f"app.planning.table.{per}"), f"needs-{per}", ":material/table:"):
        with box:
            show.note(words("app.planning.sides"))
            show.grid(tables.needs(plan, study, per), words(f"app.planning.table.{per}"))
            show.download(plan.needs[plan.needs["per"] == per], f"plan-{per}", words(f"app.planning.table.{per}"))
if plan.changes and (box := show.on_demand(words("app.planning.table.change"), "change", ":material/table:")):
    with box:
        show.table(tables.changes(plan, study), words("app.planning.table.change"))
        show.download(tables.changes_as_data(plan), "plan-change", words("app.planning.table.change"))
show.how(*planning.method(plan, words))

if result is None:
    show.section(words("app.planning.own"))
    guards.ways_in()
