import logging

import pytest

from kit.work.patience import Patience, current_patience
from kit.work.rounds import SILENCES, do_for_each
from outbox.models import Message


class Silent(Exception):
    pass


def test_the_round_says_how_many_things_were_done():
    assert do_for_each([None, False, True, 0, 3], lambda row: row) == 4


@pytest.mark.parametrize("bad", ["first", "second", "third"])
def test_a_row_that_fails_keeps_no_other_waiting_and_is_not_kept_quiet(bad):
    done = []

    def work(row):
        if row == bad:
            raise ValueError(row)
        done.append(row)

    with pytest.raises(ValueError, match=f"^{bad}$"):
        do_for_each(["first", "second", "third"], work)

    assert done == [row for row in ["first", "second", "third"] if row != bad]


def test_of_several_errors_the_first_is_raised():
    def work(row):
        raise ValueError(row)

    with pytest.raises(ValueError, match=r"^1$"):
        do_for_each([1, 2], work)


def silent_for(*rows):
    """Work that gets no answer for these."""
    begun = []

    def work(row):
        begun.append(row)
        if row in rows:
            raise Silent
        return 1

    return begun, work


def test_one_that_nobody_answers_for_keeps_no_other_waiting_and_is_no_error():
    begun, work = silent_for(1)

    done = do_for_each([1, 2, 3], work, silence=Silent)

    assert (begun, done) == ([1, 2, 3], 2)


@pytest.mark.parametrize("silences", [1, SILENCES])
def test_after_so_many_silences_the_others_are_left_for_the_next_round(silences):
    begun, work = silent_for(*range(9))

    done = do_for_each(range(9), work, silence=Silent, silences=silences)

    assert (begun, done) == (list(range(silences)), 0)


def test_what_was_left_is_not_even_taken():
    """A message that was claimed, and then not sent, would wait for the end of its lease."""
    rows = iter(range(9))
    _, work = silent_for(*range(9))

    do_for_each(rows, work, silence=Silent)

    assert list(rows) == list(range(SILENCES, 9))


def test_when_the_time_is_over_no_row_begins_and_none_is_taken():
    rows = iter(range(9))
    _, work = silent_for()

    done = do_for_each(rows, work, seconds=0)

    assert (done, list(rows)) == (0, list(range(9)))


def test_where_the_work_itself_has_caught_the_silence_it_goes_on_for_what_asks_nobody():
    asked, done = [], []

    def work(row):
        if not current_patience().is_over:
            asked.append(row)
            current_patience().note_silence(Silent())
        done.append(row)

    do_for_each(range(9), work)

    assert (asked, done) == (list(range(SILENCES)), list(range(9)))


def test_a_round_in_a_round_takes_no_longer_than_the_one_around_it():
    begun, work = silent_for()

    with Patience(seconds=0):
        do_for_each([1, 2], work)

    assert begun == []


def test_the_log_names_a_row_by_its_number_alone(caplog):
    caplog.set_level(logging.DEBUG)
    rows = [Message(pk=7, subject="canary"), 12]

    def work(row):
        raise Silent if row == 12 else ValueError("canary")

    with pytest.raises(ValueError, match="canary"):
        do_for_each(rows, work, silence=Silent)

    said = [record.getMessage() for record in caplog.records]
    assert said == ["Message 7 failed: ValueError", "12 waits: Silent"]
