"""Receipts: a server signs that it saw a scenario solve a variant of a lesson.

A receipt is two characters, the version digit and whether the solution was shown, and behind
them the first half of an HMAC-SHA256, which is what RFC 2104 allows to keep. It is read with
what it is about: lesson, seed and scenario stand in the address beside it.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import dataclass

VERSION = "1"

_ABOUT = "self-attention-lab receipt"
_BYTES = 16
_WRITTEN = re.compile(rf"{VERSION}[01][\w-]{{22}}", re.ASCII)


class ReceiptError(ValueError):
    """Raised for a receipt that this server didn't sign; the message says why."""


@dataclass(frozen=True)
class Receipt:
    """What a server signs: that a scenario solved a variant of a lesson.

    Attributes
    ----------
    lesson, seed : str
        Which variant of which lesson; see `attn_core.tasks.LESSONS`.
    link : str
        The scenario, as `attn_core.permalink.encode` writes it.
    with_solution : bool
        Whether the visitor's address says that the solution was shown before.

    Examples
    --------
    >>> receipt = Receipt("7", "k3f9", "1abc", with_solution=False)
    >>> text = sign(receipt, "a secret of the server")
    >>> verify(text, "7", "k3f9", "1abc", "a secret of the server") == receipt
    True
    """

    lesson: str
    seed: str
    link: str
    with_solution: bool


def sign(receipt: Receipt, secret: str) -> str:
    """Sign a receipt.

    Parameters
    ----------
    receipt : Receipt
        Of a scenario that solves the task; whoever signs has checked that.
    secret : str
        What only the servers know that are to check it.

    Returns
    -------
    str
        24 characters that need no escaping in an address.

    Raises
    ------
    ValueError
        When the secret is empty: everybody knows that one.

    Examples
    --------
    >>> sign(Receipt("7", "", "1abc", with_solution=True), "secret")
    '11IKYCJdh0oXuO5lOCGSpI6w'
    """
    if not secret:
        raise ValueError("A receipt is signed with a secret; expected one, got an empty text.")
    flag = str(int(receipt.with_solution))
    fields = [_ABOUT, VERSION, flag, receipt.lesson, receipt.seed, receipt.link]
    # A list in JSON has one reading; texts that are only joined have several.
    digest = hmac.digest(secret.encode(), json.dumps(fields).encode(), "sha256")
    return VERSION + flag + base64.urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def verify(text: str, lesson: str, seed: str, link: str, secret: str) -> Receipt:
    """Read a receipt, if it was signed with this secret for this scenario.

    That the scenario solves the task is for `attn_core.tasks.check` to say.

    Parameters
    ----------
    text : str
        What `sign` wrote.
    lesson, seed, link : str
        What the address beside it says.
    secret : str

    Raises
    ------
    ReceiptError
        When the text is no receipt, or is one of another scenario, variant or secret.

    Examples
    --------
    >>> verify("10mine", "7", "k3f9", "1abc", "secret")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    attn_core.tasks.course.receipt.ReceiptError: It was cut or altered, ... got '10mine'.
    """
    if not _WRITTEN.fullmatch(text):
        raise ReceiptError(
            f"It was cut or altered, or is of another version: expected {VERSION}, then 0 or 1, "
            f"then 22 letters and digits, got {text!r:.40}."
        )
    receipt = Receipt(lesson, seed, link, with_solution=text[1] == "1")
    if not hmac.compare_digest(sign(receipt, secret), text):
        raise ReceiptError(
            "This server didn't sign it: the lesson, the numbers or the signature were altered, "
            "or another server signed it, or this one before it was started anew."
        )
    return receipt
