import pytest

from kit.work.patience import Fuse, Patience


@pytest.fixture
def fuse():
    return Fuse(silences=3, seconds=30)


@pytest.fixture
def clock(monkeypatch):
    """Moves on only when it is told to."""
    now = [1000.0]
    monkeypatch.setattr("kit.work.patience.time.monotonic", lambda: now[0])
    return now


def be_silent(fuse, times):
    for _ in range(times):
        with Patience(fuse=fuse) as patience:
            patience.note_silence(TimeoutError())


def test_so_many_silences_in_a_row_blow_it_and_an_answer_makes_good_for_them(fuse, clock):
    be_silent(fuse, 2)
    fuse.mend()
    be_silent(fuse, 2)
    before = fuse.lets_through()

    be_silent(fuse, 1)

    assert (before, fuse.lets_through()) == (True, False)


def test_when_its_time_is_over_one_may_try_and_the_others_wait(fuse, clock):
    be_silent(fuse, 3)

    clock[0] += 30

    assert [fuse.lets_through() for _ in range(3)] == [True, False, False]


def test_the_answer_to_that_try_lets_all_through(fuse, clock):
    be_silent(fuse, 3)
    clock[0] += 30

    with Patience(fuse=fuse) as patience:
        tried = patience.may_ask()
        patience.note_answer()

    assert (tried, fuse.lets_through(), fuse.lets_through()) == (True, True, True)


def test_a_silence_blows_it_anew(fuse, clock):
    be_silent(fuse, 3)
    clock[0] += 30
    fuse.lets_through()

    be_silent(fuse, 1)
    clock[0] += 29

    assert fuse.lets_through() is False


def test_it_holds_for_whoever_asks_within_a_patience_that_has_it(fuse, clock):
    be_silent(fuse, 3)

    with Patience(fuse=fuse), Patience(silences=3) as inner:
        assert inner.may_ask() is False
    with Patience(silences=3) as without:
        assert without.may_ask() is True


def test_a_quick_answer_that_helps_nobody_blows_no_fuse(fuse, clock):
    for _ in range(9):
        with Patience(fuse=fuse) as patience:
            patience.note_silence(PermissionError(), was_quick=True)

    assert fuse.lets_through() is True
