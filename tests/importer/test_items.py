"""The items of a study: names of dimensions beyond the instruments that come with the project."""

from gaps.importer.items import known_dimensions


def test_dimensions_of_no_instrument_here_have_both_names_too():
    assert known_dimensions()["convenience"].names == {"en": "Convenience", "zh": "便利性"}
    assert known_dimensions()["便利性"].id == "convenience"
