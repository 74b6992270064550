"""What a session knows of the course: the lesson, how far one is in it, what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from attn_core import Scenario, permalink
from attn_core.tasks import LESSONS, Task, read
from attn_core.tasks.course.lesson import Lesson, LessonPage, check_seed
from attn_core.tasks.course.progress import Progress
from pages.ui.session.address import CourseAddress

#: The steps of a lesson. Between story and task there is one for each prediction.
STORY, PREDICTION, TASK, SEEN = "story", "predict", "task", "seen"
FIRST = next(iter(LESSONS))
#: An answer to a prediction: the index of an option, or a number; None where it was skipped.
Answer = float | None


@dataclass
class Course:
    """Where a visitor is in the course, and what came of it.

    Attributes
    ----------
    key, seed : str
        Of the lesson.
    step : str
        One of `steps`.
    progress : Progress
    foreign : Task or None
        A teacher's task, which takes the place of the lesson.
    """

    key: str = FIRST
    seed: str = ""
    step: str = STORY
    progress: Progress = field(default_factory=Progress)
    foreign: Task | None = None
    #: The same as a link.
    link: str = ""
    #: The receipt of an address, with what it is about: variant and scenario.
    _receipt: tuple[str, str, str] = ("", "", "")
    #: Answers by variant and number of the prediction.
    _answers: dict[tuple[str, int], Answer] = field(default_factory=dict)
    #: How many hints are shown, by variant.
    _hints: dict[str, int] = field(default_factory=dict)
    #: The variant of the address that the session began with: its predictions were answered before.
    _opened: str = ""
    #: This course as it was when a task was begun last.
    _begun: Course | None = None

    @property
    def lesson(self) -> Lesson:
        """The present lesson."""
        return LESSONS[self.key]

    @property
    def page(self) -> LessonPage:
        """The texts and the task of the lesson, with the words and numbers of the seed."""
        return self.lesson.page(self.seed)

    @property
    def is_ready(self) -> bool:
        """Whether page and task can be had; those of some lessons once a model is loaded."""
        return self.foreign is not None or self.lesson.is_ready

    @property
    def task(self) -> Task:
        """The task of the lesson, or a teacher's."""
        return self.foreign or self.page.task

    @property
    def draws(self) -> tuple[str, ...]:
        """The steps to which the way is drawn; empty for all of it."""
        return () if self.foreign else self.page.draws

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps, in order."""
        if self.foreign:
            return (TASK,)
        predictions = range(1, self.lesson.predictions + 1)
        return (STORY, *(f"{PREDICTION}{i}" for i in predictions), TASK, SEEN)

    @property
    def place(self) -> int:
        """The present step, counted from 0."""
        return self.steps.index(self.step)

    @property
    def prediction(self) -> int | None:
        """The prediction that the present step asks for, counted from 0."""
        is_one = self.step.startswith(PREDICTION)
        return int(self.step.removeprefix(PREDICTION)) - 1 if is_one else None

    @property
    def is_new(self) -> bool:
        """Whether the visitor has done nothing in the course yet."""
        return self.to_url() == CourseAddress()

    @property
    def variant(self) -> str:
        """Tells the lesson with its words and numbers, or the task, from all others."""
        return self.link or f"{self.key}-{self.seed}"

    @property
    def hints(self) -> int:
        """How many hints are shown."""
        return self._hints.get(self.variant, 0)

    def begin_lesson(self, key: str, seed: str, step: str = STORY) -> None:
        """Go to a lesson; a teacher's task is put away."""
        self.foreign, self.link = None, ""
        self.key, self.seed, self.step = key, seed, step

    def start_again(self) -> None:
        """Begin the whole course anew: nothing is solved, answered or shown."""
        self.progress, self._answers, self._hints = Progress(), {}, {}
        self._opened, self._begun = "", None
        self.begin_lesson(FIRST, "")

    def begin_foreign(self, task: Task, link: str) -> None:
        """Go to a teacher's task, which is the same as a link."""
        self.foreign, self.link, self.step = task, link, TASK

    def receipt_of(self, scenario: str) -> str:
        """Return the receipt of the address, if it came with this task and this scenario."""
        text, *about = self._receipt
        return text if about == [self.variant, scenario] else ""

    def show_hint(self) -> None:
        """Show one hint more."""
        self._hints[self.variant] = min(self.hints + 1, len(self.task.hints))

    def show_solution(self) -> None:
        """Note that the solution is shown, and all hints with it."""
        self._hints[self.variant] = len(self.task.hints)
        if not self.foreign:
            self.progress = self.progress.solution_shown(self.key)

    def note_solved(self) -> bool:
        """Note that the task of the lesson is solved; return whether that is new."""
        if self.foreign or self.progress.of(self.key).solved:
            return False
        self.progress = self.progress.solved(self.key)
        return True

    def answer(self, i: int, answer: Answer) -> None:
        """Note the answer to a prediction; the first one stays."""
        if self.is_answered(i):
            return
        self._answers[self.variant, i] = answer
        if answer is not None:
            right = self.page.predictions[i].right(answer)
            self.progress = self.progress.answered(self.key, i, right=right)

    def is_answered(self, i: int) -> bool:
        """Whether a prediction was answered or skipped, in this session or before it."""
        return (self.variant, i) in self._answers or self._before(i) is not None

    def answered(self, i: int) -> Answer:
        """Return the answer to a prediction; None where it isn't known or was skipped."""
        return self._answers.get((self.variant, i))

    def was_right(self, i: int) -> bool | None:
        """Whether the answer to a prediction was right; None where it was skipped."""
        answer = self.answered(i)
        return self._before(i) if answer is None else self.page.predictions[i].right(answer)

    def _before(self, i: int) -> bool | None:
        """Whether the answer was right that was given before this session began."""
        is_same = self.variant == self._opened and (self.variant, i) not in self._answers
        return self.progress.of(self.key).predictions[i] if is_same else None

    @property
    def is_begun(self) -> bool:
        """Whether the present task is under way."""
        return self._begun is not None and self._begun.variant == self.variant

    def note_begun(self) -> None:
        """Note that the present task is under way."""
        self._begun = replace(self, _begun=None)

    def is_attempt(self, now: Scenario) -> bool:
        """Whether a scenario is one that the task that was begun last leads to."""
        if self._begun is None or not self._begun.is_ready:
            return False
        task = self._begun.task
        return not task.movable.refusal(task.start, now)

    def load_from_url(
        self, said: CourseAddress, scenario: str, *, has_scenario: bool
    ) -> Iterator[str]:
        """Take over what an address says, and yield in words what is wrong with it.

        Parameters
        ----------
        said : CourseAddress
        scenario : str
            What is on the page, as a link.
        has_scenario : bool
            Whether the address has it.
        """
        yield from self._load_progress(said.course)
        if said._replace(course="") == self.to_url(scenario)._replace(course=""):
            self._opened = self._opened or self.variant
            return
        yield from self._load_lesson(said.lesson or FIRST, said.seed)
        yield from self._load_task(said.task)
        is_proof = bool(said.lesson) and has_scenario
        step = TASK if is_proof and not said.step else said.step
        self.step = step if step in self.steps else self.steps[0]
        if has_scenario and self.step in (TASK, SEEN):  # an attempt, which stays
            self.note_begun()
        self._receipt = (said.receipt, self.variant, scenario)
        self._opened = self._opened or self.variant

    def _load_progress(self, text: str) -> Iterator[str]:
        """Take over a progress, where the session has none: one that goes back keeps its own."""
        if self.progress != Progress():
            return
        try:
            self.progress = Progress.from_text(text, LESSONS)
        except ValueError as error:
            yield f"What was solved can't be read from this address. {error}"

    def _load_lesson(self, key: str, seed: str) -> Iterator[str]:
        if key not in LESSONS:
            yield f"There is no lesson {key!r:.20}; the course has {', '.join(LESSONS)}."
            key = FIRST
        try:
            check_seed(seed)
        except ValueError as error:
            yield f"The seed of this address can't be used; here is the lesson without. {error}"
            seed = ""
        self.begin_lesson(key, seed)

    def _load_task(self, link: str) -> Iterator[str]:
        if not link:
            return
        try:
            self.foreign = read(permalink.decode_text(link))
        except ValueError as error:
            yield f"The task of this address can't be read. {error}"
        else:
            self.link = link

    def to_url(self, scenario: str = "") -> CourseAddress:
        """Return what an address is to say beside a scenario; nothing for who hasn't begun."""
        progress = self.progress.to_text()
        if not self.link and (self.key, self.seed, self.step) == (FIRST, "", STORY):
            return CourseAddress(course=progress)
        receipt = self.receipt_of(scenario)
        return CourseAddress(self.key, self.seed, self.step, progress, self.link, receipt)
