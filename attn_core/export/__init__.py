"""Exports of a trace: its numbers, its equations as LaTeX, its computation as scripts.

A lesson is exported as a worksheet.
"""

from .code import numpy_script, torch_script
from .latex import latex
from .numbers import csv_zip, json_text, npz
from .part import equations, matrices, steps
from .reopen import reopen
from .worksheet import worksheet

__all__ = [
    "csv_zip",
    "equations",
    "json_text",
    "latex",
    "matrices",
    "npz",
    "numpy_script",
    "reopen",
    "steps",
    "torch_script",
    "worksheet",
]
