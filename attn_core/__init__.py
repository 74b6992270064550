"""Self-attention on numbers small enough to read.

>>> from attn_core import Scenario, attend
>>> s = Scenario(tokens=("Je", "suis"), X=[[1, 0], [0, 1]],
...              W_q=[[0], [3]], W_k=[[2], [0]], W_v=[[1], [0]])
>>> attend(s).weights.round(3)
array([[0.5  , 0.5  ],
       [0.998, 0.002]])
"""

from .attention import AttentionTrace, attend, softmax
from .notation.steps import STEPS, Step
from .scenario import Scenario

__version__ = "0.3.0"

__all__ = ["STEPS", "AttentionTrace", "Scenario", "Step", "attend", "softmax"]
