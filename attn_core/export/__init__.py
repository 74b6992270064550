"""A trace to take along: its numbers, its equations as LaTeX, its computation as scripts."""

from .code import numpy_script, torch_script
from .latex import latex
from .numbers import csv_zip, json_text, npz
from .part import equations, matrices, steps

__all__ = [
    "csv_zip",
    "equations",
    "json_text",
    "latex",
    "matrices",
    "npz",
    "numpy_script",
    "steps",
    "torch_script",
]
