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
#: Seconds without a sign of life after which a participant isn't counted.
PRESENT = 30.0
#: Votes below which a histogram is shown only where the presenter says so.
FEWEST_SHOWN = 5
#: Codes of no room that one server takes in a minute, from all its visitors together.
MAX_WRONG_CODES = 120
CHOICES = (2, 5)
#: Characters of a question, and of each of its choices.
MAX_QUESTION = 200
MAX_CHOICE = 60
#: Questions that a room asks, tasks that it is given, and events of its record.
MAX_QUESTIONS = 100
MAX_TASKS = 100
MAX_EVENTS = 1000
#: Characters of a participant's token: 128 bits in hexadecimal.
TOKEN_LENGTH = 32
#: Characters of one value that a participant sends.
MAX_VALUE = 20_000
#: Characters of what all see.
MAX_STAGE = 300_000
