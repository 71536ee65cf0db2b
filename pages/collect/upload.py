"""Hand in a workbook, read what was made of it, fetch the template."""

import streamlit as st

from gaps.model import Role
from pages.parts import guards, intake, language, problems, show, state

words = language.words()
show.title(words("app.page.upload"))
kept, refused = guards.imported(), state.refused()

intake.drop_zone()
intake.sample_button()
if refused is not None:
    problems.refusal(*refused)
    if kept is not None:
        show.text(words("app.upload.old_study_stays", study=kept.study.title))

if kept is not None:
    if state.arrived():
        st.success(words("app.upload.arrived"), icon=":material/check_circle:")
    if kept.study.simulated:
        st.info(words("app.notice.simulated"), icon=":material/science:")
    study, report = kept.study, kept.report
    show.section(words("app.upload.report", file=report.filename))
    counts = [words(f"app.upload.count.{role}", n=study.n(role)) for role in Role if study.n(role)]
    instrument = study.instrument
    asked = {"items": len(instrument.items), "dimensions": len(instrument.dimensions)}
    scale = {"min": instrument.scale.min, "max": instrument.scale.max}
    show.text(words("app.upload.read_as", study=study.title, who=words.list(counts), **asked, **scale))
    show.table(
        [
            {
                words("app.upload.role"): words(f"app.upload.who.{r.role}"),
                words("app.problems.sheet"): r.sheet,
                words("app.upload.rows_read"): words("app.show.count", n=r.rows_read),
                words("app.upload.respondents_used"): words("app.show.count", n=r.respondents_used),
                words("app.upload.respondents_set_aside"): words("app.show.count", n=r.respondents_set_aside),
                words("app.upload.answers_read"): words("app.show.count", n=r.answers_read),
                words("app.upload.answers_used"): words("app.show.count", n=r.answers_used),
                words("app.upload.answers_set_aside"): words("app.show.count", n=r.answers_set_aside),
            }
            for r in report.roles
        ],
        words("app.upload.report", file=report.filename),
    )
    missing = [words(f"app.upload.ask.{role}") for role in (Role.MANAGERS, Role.EMPLOYEES) if not study.n(role)]
    if missing:
        show.withheld("roles", who=words.list(missing))

    show.section(words("app.problems.title"))
    if kept.problems:
        problems.table(kept.problems)
    else:
        show.text(words("app.problems.none"))
    if report.set_aside:
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

show.section(words("app.upload.template"))
show.text(words("app.upload.template_text"))
intake.template_download()
