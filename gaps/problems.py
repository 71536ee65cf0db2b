"""What can be wrong with a user's data: a closed list of codes, and one value per finding in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the analysis; a warning sets answers aside or doubts them; information changes nothing."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file.

    `rows` are row numbers as seen in Excel (the header is counted), at most the first 20; `count` is how many there are in
    all. `values` fill the placeholders of the sentence `problems.<code>` in the language catalogues.
    """

    code: str
    severity: Severity
    sheet: str | None = None
    column: str | None = None
    rows: tuple[int, ...] = ()
    count: int = 1
    values: Mapping[str, object] = field(default_factory=dict)


_ERROR, _WARNING, _INFORMATION = Severity.ERROR, Severity.WARNING, Severity.INFORMATION

# code -> severity: the closed list. `importer` makes no other; tests hold that each is raised and worded in both languages.
CODES: dict[str, Severity] = {
    # the file as such
    "file_empty": _ERROR,
    "file_not_a_table": _ERROR,
    "file_html": _ERROR,
    "file_xls": _ERROR,
    "file_other_format": _ERROR,
    "file_encrypted": _ERROR,
    "file_damaged": _ERROR,
    "file_unsafe": _ERROR,
    "file_too_large": _ERROR,
    "file_strict": _ERROR,
    "file_unreadable": _ERROR,
    "file_takes_too_long": _ERROR,
    "file_needs_too_much_memory": _ERROR,
    "sheet_too_large": _ERROR,
    "too_many_sheets": _ERROR,
    "text_too_long": _ERROR,
    "quote_not_closed": _ERROR,
    "encoding_guessed": _INFORMATION,
    "letters_unreadable": _WARNING,
    # sheets
    "no_customers_sheet": _ERROR,
    "no_rows": _ERROR,
    "only_staff": _ERROR,
    "duplicate_role": _ERROR,
    "duplicate_sheet": _ERROR,
    "empty_sheet": _WARNING,
    "sheet_ignored": _INFORMATION,
    "sheet_hidden": _INFORMATION,
    "rows_hidden": _INFORMATION,
    "columns_hidden": _INFORMATION,
    "header_not_first": _INFORMATION,
    "merged_cells": _INFORMATION,
    "formulas_without_values": _WARNING,
    "error_in_answer": _WARNING,
    # columns
    "no_answer_columns": _ERROR,
    "duplicate_header": _ERROR,
    "duplicate_segment": _WARNING,
    "header_missing": _WARNING,
    "column_of_other_sheet": _WARNING,
    "column_without_item": _WARNING,
    "item_without_column": _WARNING,
    "missing_partner": _WARNING,
    "no_perceptions": _WARNING,
    "no_expectations": _INFORMATION,
    "dimension_unknown": _WARNING,
    "importance_incomplete": _WARNING,
    "rating_incomplete": _WARNING,
    "segment_found": _INFORMATION,
    "column_ignored": _INFORMATION,
    # exports of survey tools, and the map of their columns
    "export_recognised": _INFORMATION,
    "columns_doubtful": _WARNING,
    "staff_items_matched": _INFORMATION,
    "staff_ratings_matched": _INFORMATION,
    "staff_not_understood": _WARNING,
    "dimensions_missing": _WARNING,
    "dimensions_guessed": _INFORMATION,
    "personal_not_kept": _INFORMATION,
    "mapping_unreadable": _ERROR,
    "mapping_does_not_fit": _ERROR,
    "mapping_columns_missing": _WARNING,
    # the questions of a satisfaction index model
    "questions_missing": _ERROR,
    "scale_beyond_answers": _WARNING,
    # the items and study sheets
    "items_unknown": _ERROR,
    "items_column_missing": _ERROR,
    "item_number_bad": _ERROR,
    "item_duplicate": _ERROR,
    "item_dimension_missing": _ERROR,
    "item_reversed_unclear": _ERROR,
    "instrument_unknown": _ERROR,
    "setting_unknown": _WARNING,
    "setting_duplicate": _WARNING,
    "setting_unreadable": _ERROR,
    "bad_scale": _ERROR,
    "scale_unknown": _ERROR,
    "scale_assumed": _INFORMATION,
    "scale_doubtful": _WARNING,
    "outcome_scale_inferred": _INFORMATION,
    "outcome_scale_doubtful": _WARNING,
    "outcome_scale_unknown": _WARNING,
    "items_reversed": _INFORMATION,
    "already_reversed": _INFORMATION,
    # answers
    "text_in_answer": _WARNING,
    "boolean_in_answer": _WARNING,
    "date_in_answer": _WARNING,
    "not_finite": _WARNING,
    "outside_scale": _WARNING,
    "numeric_text": _INFORMATION,
    "number_shown_as_date": _INFORMATION,
    "answers_in_words": _INFORMATION,
    "labels_run_down": _INFORMATION,
    "missing_code": _INFORMATION,
    "missing_not_applicable": _INFORMATION,
    "missing_dont_know": _INFORMATION,
    "missing_refused": _INFORMATION,
    "missing_skipped": _INFORMATION,
    "missing_blank": _INFORMATION,
    "missing_platform_code": _INFORMATION,
    "label_misspelt": _INFORMATION,
    "importance_negative": _WARNING,
    "importance_sum": _WARNING,
    # respondents
    "no_respondents": _ERROR,
    "blank_respondents": _WARNING,
    "summary_row": _WARNING,
    "summary_row_doubtful": _WARNING,
    "duplicate_respondent": _WARNING,
    "weight_unusable": _WARNING,
    "unit_missing": _INFORMATION,
    "wave_missing": _INFORMATION,
    "wave_order": _INFORMATION,
    "wave_order_days": _WARNING,
    "wave_order_doubtful": _WARNING,
    "wave_order_unknown": _WARNING,
    "unit_by_name": _INFORMATION,
    "wave_by_name": _INFORMATION,
    "unit_names_alike": _WARNING,
    "wave_names_alike": _WARNING,
    "unit_mostly_missing": _WARNING,
    "wave_mostly_missing": _WARNING,
    "one_respondent": _WARNING,
    "one_unit": _INFORMATION,
}
