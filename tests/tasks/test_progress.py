"""Progress in an address: it comes back as it was, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core.tasks.course import progress as module
from attn_core.tasks.course.progress import PREDICTIONS, LessonProgress, Progress

CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
KEYS = [str(number) for number in range(1, 18)]
LESSONS = st.builds(
    LessonProgress,
    solved=st.booleans(),
    with_solution=st.booleans(),
    predictions=st.tuples(*[st.sampled_from([None, True, False])] * PREDICTIONS),
)
PROGRESS = st.builds(Progress, st.lists(LESSONS, max_size=17).map(tuple))
BEGUN = PROGRESS.filter(lambda progress: progress.lessons)


@given(PROGRESS)
def test_comes_back_as_it_was(progress):
    text = progress.to_text()
    assert Progress.from_text(text, KEYS) == progress
    assert set(text) <= set(CHARACTERS)
    assert len(text) == (len(progress.lessons) + 2 if progress.lessons else 0)


@given(PROGRESS, PROGRESS)
def test_one_progress_has_one_text(one, other):
    assert (one.to_text() == other.to_text()) == (one == other)


@given(BEGUN)
def test_every_change_of_one_character_is_refused(progress):
    text = progress.to_text()
    taken = []
    for place, old in enumerate(text):
        for new in {*CHARACTERS, "A", "é", "-", "٣", " "} - {old}:
            try:
                Progress.from_text(text[:place] + new + text[place + 1 :], KEYS)
            except ValueError as error:
                assert "expected" in str(error)
            else:
                taken.append((place, new))
    assert not taken


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        assert Progress.from_text(text, KEYS).to_text() == text
    except ValueError as error:
        assert "expected" in str(error)


def test_two_neighbours_that_changed_places_are_nearly_always_refused():
    pairs = [(a, b) for a in CHARACTERS for b in CHARACTERS if a != b]
    good = [(f"1{a}{b}1", f"1{b}{a}1") for a, b in pairs]
    unseen = [one for one, two in good if module._check(one) == module._check(two)]
    assert len(unseen) <= 0.002 * len(pairs)


def test_check_character_is_that_of_the_standard():
    # The worked example of ISO 7064 MOD 37,36 for a Global Release Identifier.
    assert module._check("A12425GABC1234002".lower()) == "m"


def test_every_lesson_of_its_own():
    wanted = {
        LessonProgress(solved, shown, (first, second))
        for solved in (True, False)
        for shown in (True, False)
        for first in (None, True, False)
        for second in (None, True, False)
    }
    begun = wanted - {LessonProgress()}
    texts = {Progress((each,)).to_text() for each in begun}
    assert len(wanted) == 36
    assert len(texts) == 35
    assert {Progress.from_text(text, ["1"]).of("1") for text in texts} == begun


def test_lessons_that_were_not_begun_take_no_room():
    assert Progress((LessonProgress(),) * 14) == Progress()
    assert Progress().to_text() == ""
    assert len(Progress().solved("3").to_text()) == len("1") + 3 + len("c")


def test_what_is_noted():
    progress = Progress().answered("2", 1, right=False).answered("2", 1, right=True)
    assert progress.of("2") == LessonProgress(predictions=(None, False))
    assert progress.of("1") == progress.of("13") == LessonProgress()
    shown = progress.solution_shown("2").solved("2")
    assert shown.of("2") == LessonProgress(True, True, (None, False))
    assert progress.solved("2").solution_shown("2").of("2").with_solution is False


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2502e", "another version: expected it to start with 1, got '2'"),
        ("1502E", "expected digits and small letters a to z, got 'E'"),
        ("150", "altered"),
        ("1", "altered"),
        ("1" + module._check("1"), "expected a lesson that was begun"),
        ("150" + module._check("150"), "expected a lesson that was begun"),
        ("1502e", "another course: expected lessons 1, 2, got one about lesson 3"),
    ],
)
def test_what_is_not_one_is_refused_in_words(text, why):
    with pytest.raises(ValueError, match=why):
        Progress.from_text(text, ["1", "2"])


@pytest.mark.parametrize("key", ["0", "01", "-1", "a", "", "٣", "1.5"])
def test_only_lessons_have_progress(key):
    with pytest.raises(ValueError, match="Progress is kept of lessons 1, 2, 3"):
        Progress().solved(key)


def test_there_is_room_for_two_predictions():
    with pytest.raises(ValueError, match="room for 2 predictions a lesson, got 3"):
        LessonProgress(predictions=(True, None, False))
    with pytest.raises(ValueError, match="room for 2 predictions a lesson, got one at place 2"):
        Progress().answered("1", 2, right=True)
