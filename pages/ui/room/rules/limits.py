"""Every bound of rooms: how many, how long, how large."""

from __future__ import annotations

#: Letters of a code.
CODE_LENGTH = 5
#: Rooms that are open at once on a server.
MAX_ROOMS = 200
#: Participants of a room.
MAX_MEMBERS = 200
#: Seconds that a room lives without its presenter.
LIFETIME = 4 * 60 * 60.0
#: Seconds without a sign of life after which a participant isn’t counted.
PRESENT = 75.0
#: Votes below which a histogram is shown only where the presenter says so.
FEWEST_SHOWN = 5
#: Codes of no room that one server takes in a minute, from all its visitors together.
MAX_WRONG_CODES = 120
#: Choices of a question.
CHOICES = (2, 5)
#: Characters of a question with its choices and its why, and of a task, as JSON.
MAX_QUESTION = 10_000
MAX_TASK = 100_000
#: Scenarios, questions and tasks that a room's record has.
MAX_EVENTS = 1000
#: Characters of a participant's token: 128 bits in hexadecimal.
TOKEN_LENGTH = 32
#: Characters of what all see.
MAX_STAGE = 20_000
#: Browsers that hear the news of a room, and of all on a server.
MAX_LISTENERS_OF_ROOM = 220
MAX_LISTENERS = 2_000
#: Seconds in which wrong codes are counted, and how many one address may send: a class has one.
WRONG_CODES_IN = 60.0
MAX_WRONG_CODES_EACH = 30
#: Seconds in which opened rooms are counted, and how many one address may open: in a room's
#: lifetime it fills less than half of a server.
OPENED_IN = 60 * 60.0
MAX_OPENED_EACH = 20
#: Addresses that are remembered with their wrong codes, or with the rooms that they opened.
MAX_SOURCES = 5_000
#: Seconds without a sign of life after which a participant gives room to another in a full room.
AWAY = 15 * 60.0
#: Seconds in which a verb has deleted the votes of what it ended, if the store has stayed.
DELETED_IN = 30.0
#: Characters of what else a page's address says of the stage.
MAX_LOOK = 2_000
#: Numbers that are told as moves; of more, the stage is opened anew.
MAX_MOVED = 100
#: Scenarios of the stage that the record has, and seconds in which a drag is one of them.
MAX_SHOWN = 200
ONE_DRAG = 10.0
#: Largest number that is taken as an answer.
MAX_NUMBER = 1e6
