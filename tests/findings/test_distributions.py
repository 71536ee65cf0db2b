"""What is said of the spread of answers: named, none, too few."""

from gaps.findings import distributions as spread
from gaps.i18n import Words
from gaps.model import Withheld
from gaps.stats.humps import item_distributions
from tests.scoring.build import study

CAMPS = [[2 if k < 20 else 6, 5 + k % 3, 1 if k < 30 else 7, 2 + 4 * (k % 2), 1 + 6 * (k % 2)] for k in range(50)]


def made(rows=CAMPS):
    one = study({"a": 2, "b": 3}, P=rows)
    return one, item_distributions(one)


def test_two_camps_are_named_with_their_shares():
    one, found = made()
    said = spread.find(found, items=(1, 2))
    assert (said.code, said.severity, said.values["humped"], said.values["judged"]) == ("humped", "attention", 1, 2)
    statement, certainty = spread.statement_and_certainty(said, one, Words("en"))
    assert statement == (
        "In 1 of 2 items customers are divided, so the mean describes few of them: "
        "1 item 1 (Perception: 40 % answered 2 or less, 60 % 6 or more)."
    )
    assert "2 distributions judged" in certainty


def test_more_than_three_are_counted():
    one, found = made()
    said = spread.find(found)
    statement, _ = spread.statement_and_certainty(said, one, Words("en"))
    assert said.values["humped"] == 4 and "; 1 more." in statement
    assert "另有 1 处" in spread.statement_and_certainty(said, one, Words("zh"))[0]


def test_none_and_few():
    one, found = made()
    none = spread.find(found, items=(2,))
    assert none.code == "none" and "none of 1 item." in spread.statement_and_certainty(none, one, Words("en"))[0]
    one, found = made(CAMPS[:29])
    few = spread.find(found)
    assert few.code == "few" and "fewer than 30" in spread.statement_and_certainty(few, one, Words("en"))[0]
    assert spread.find(Withheld("no_answers")).code == "few"
