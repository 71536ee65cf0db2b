"""What is remembered is made by one session at a time, also after it could not be made."""

from threading import Event, Thread

import pytest

from screens.parts.cache import _Remembered


def test_after_a_failure_one_who_waited_makes_it_and_who_comes_then_waits():
    """The first fails while a second waits; a third comes while the second is making."""
    begun, go_on = [Event() for _ in range(3)], [Event() for _ in range(3)]
    calls, got = [], []

    def make(key):
        turn = len(calls)
        calls.append(key)
        begun[turn].set()
        assert go_on[turn].wait(10)
        if turn == 0:
            raise ValueError(key)
        return object()

    remembered = _Remembered(make, 2)

    def ask():
        try:
            got.append(remembered("study"))
        except ValueError:
            got.append(None)

    first, second, third = (Thread(target=ask, daemon=True) for _ in range(3))
    first.start()
    assert begun[0].wait(10)
    second.start()
    second.join(0.2)  # it waits for the first
    go_on[0].set()
    assert begun[1].wait(10)
    third.start()
    assert not begun[2].wait(0.2)  # it waits for the second
    go_on[1].set()
    go_on[2].set()
    for each in (first, second, third):
        each.join(10)
    assert len(calls) == 2
    assert got[0] is None and got[1] is got[2] is not None


def test_what_raised_is_tried_again_and_nothing_is_left_of_it():
    answers = iter([ValueError(), 1])

    def make(key):
        if isinstance(answer := next(answers), Exception):
            raise answer
        return answer

    remembered = _Remembered(make, 2)
    with pytest.raises(ValueError):
        remembered("a")
    assert remembered("a") == remembered("a") == 1
    assert not remembered._making
