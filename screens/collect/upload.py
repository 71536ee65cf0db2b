"""Hand in a workbook, read what was made of it, fetch the template."""

import streamlit as st

from gaps.model import Role
from screens.parts import guards, intake, language, mapping, numbers, problems, quality, share_box, show, state

words = language.words()
show.title(words("app.page.upload"))
kept, refused = guards.imported(), state.refused()

if kept is not None and state.followed():
    st.info(words("links.followed"), icon=":material/link:")
intake.drop_zone()
intake.sample_button()
if kept is not None and state.arrived():
    st.success(words("app.upload.arrived"), icon=":material/check_circle:")
mapping.section()
if refused is not None:
    problems.refusal(*refused)
    if kept is not None:
        show.text(words("app.upload.old_study_stays", study=kept.study.title))

if kept is not None:
    if kept.study.simulated:
        guards.simulated()
    study, report = kept.study, kept.report
    show.section(words("app.upload.report", file=report.filename))
    counts = [words(f"app.upload.count.{role}", n=study.n(role)) for role in Role if study.n(role)]
    instrument = study.instrument
    asked = {"items": len(instrument.items), "dimensions": len(instrument.dimensions)}
    scale = {"min": instrument.scale.min, "max": instrument.scale.max}
    show.text(words("app.upload.read_as", study=study.title, who=words.list(counts), **asked, **scale))
    show.table(numbers.counts(report), words("app.upload.report", file=report.filename))
    missing = [words(f"app.upload.ask.{role}") for role in (Role.MANAGERS, Role.EMPLOYEES) if not study.n(role)]
    if missing:
        show.withheld("roles", who=words.list(missing))

    quality.section(kept)
    show.section(words("app.problems.title"))
    if kept.problems:
        problems.table(kept.problems, rows=not state.followed())
    else:
        show.text(words("app.problems.none"))
    if report.set_aside_total and report.reasons:
        problems.set_aside(report)
    with st.expander(words("app.upload.columns"), icon=":material/view_column:"):
        show.grid(
            [
                {
                    words("app.problems.sheet"): c.sheet,
                    words("app.problems.column"): c.header,
                    words("app.upload.meaning"): show.meaning(c.meaning, study),
                }
                for c in report.columns
            ],
            words("app.upload.columns"),
        )
    share_box.section()

show.section(words("app.upload.template"), "template")
show.text(words("app.upload.template_text"))
intake.template_download()
