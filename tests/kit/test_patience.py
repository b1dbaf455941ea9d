import threading

import pytest

from kit.work.patience import Patience, current_patience


def test_so_many_silences_in_a_row_and_it_is_over():
    with Patience(silences=2) as patience:
        patience.note_silence(OSError())
        before = patience.is_over
        patience.note_silence(OSError())

    assert (before, patience.is_over) == (False, True)


def test_an_answer_makes_good_for_the_silences_before_it():
    with Patience(silences=2) as patience:
        patience.note_silence(OSError())
        patience.note_answer()
        patience.note_silence(OSError())

    assert not patience.is_over


def test_one_silence_that_is_told_twice_counts_once():
    error = OSError()

    with Patience(silences=2) as patience:
        patience.note_silence(error)
        patience.note_silence(error)

    assert not patience.is_over


def test_when_its_time_has_passed_it_is_over():
    with Patience(seconds=0) as patience:
        assert (patience.is_out_of_time, patience.is_over) == (True, True)


def test_when_all_is_to_stop_there_is_no_time_left():
    stop = threading.Event()

    with Patience(stop=stop) as patience:
        before = patience.is_out_of_time
        stop.set()

        assert (before, patience.is_out_of_time, patience.is_over) == (False, True, True)


def test_silence_is_no_want_of_time():
    with Patience(silences=1) as patience:
        patience.note_silence(OSError())

        assert (patience.is_over, patience.is_out_of_time) == (True, False)


def test_one_within_another_counts_for_both_and_is_over_with_it():
    with Patience(silences=1) as outer, Patience(silences=9) as inner:
        inner.note_silence(OSError())

        assert (outer.is_over, inner.is_over) == (True, True)


@pytest.mark.parametrize("bounds", [{"seconds": 0}, {"silences": 0}], ids=str)
def test_one_that_is_over_leaves_the_one_around_it_as_it_was(bounds):
    with Patience(silences=1, seconds=60) as outer:
        with Patience(**bounds) as inner:
            was_over = inner.is_over

        assert (was_over, outer.is_over, current_patience() is outer) == (True, False, True)


def test_outside_of_all_and_in_another_thread_nobody_has_set_a_bound():
    seen = []

    with Patience():
        thread = threading.Thread(target=lambda: seen.append(current_patience()))
        thread.start()
        thread.join()

    assert (seen, current_patience()) == ([None], None)
