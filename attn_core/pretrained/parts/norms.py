"""Normalisation of each row: LayerNorm, and RMSNorm, which subtracts no mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..files.checkpoint import Checkpoint, Matrix


@dataclass(frozen=True, eq=False)
class LayerNorm:
    """What a LayerNorm has learned: gain γ and shift β, shape (d_model,) each."""

    gain: Matrix
    shift: Matrix
    epsilon: float

    def __call__(self, X: Matrix) -> Matrix:
        """Normalise each row: (x − mean) / √(variance + ε) · γ + β (Ba et al. 2016).

        Parameters
        ----------
        X : ndarray of float32, shape (n, d_model)

        Returns
        -------
        ndarray of float32, shape (n, d_model)

        Examples
        --------
        >>> one = np.ones(2, np.float32)
        >>> LayerNorm(one, one, 1e-12)(np.array([[1, 3]], np.float32))
        array([[0., 2.]], dtype=float32)
        """
        centred = X - X.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        normal: Matrix = centred / np.sqrt(variance + np.float32(self.epsilon))
        return normal * self.gain + self.shift


@dataclass(frozen=True, eq=False)
class RMSNorm:
    """What an RMSNorm has learned: gain γ, shape (d,)."""

    gain: Matrix
    epsilon: float

    def __call__(self, X: Matrix) -> Matrix:
        """Divide each row by its root mean square: x / √(mean(x²) + ε) · γ.

        Source: Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019), equation 4.

        Parameters
        ----------
        X : ndarray of float32, shape (..., d)

        Returns
        -------
        ndarray of float32, shape (..., d)

        Examples
        --------
        >>> RMSNorm(np.ones(2, np.float32), 0)(np.array([[1, 7]], np.float32))
        array([[0.2, 1.4]], dtype=float32)
        """
        return X / self.size(X) * self.gain

    def size(self, X: Matrix) -> Matrix:
        """What each row is divided by, √(mean(x²) + ε); shape (..., 1)."""
        mean = np.square(X).mean(axis=-1, keepdims=True)
        root: Matrix = np.sqrt(mean + np.float32(self.epsilon))
        return root


Norm = LayerNorm | RMSNorm


def read_layer_norm(file: Checkpoint, name: str, d: int, epsilon: float) -> LayerNorm:
    """Read a LayerNorm of a model's file."""
    gain, shift = (file.take(f"{name}.{part}", d) for part in ("weight", "bias"))
    return LayerNorm(gain, shift, epsilon)


def read_rms_norm(file: Checkpoint, name: str, d: int, epsilon: float) -> RMSNorm:
    """Read an RMSNorm of a model's file."""
    return RMSNorm(file.take(f"{name}.weight", d), epsilon)
