"""The KV cache: keys and values of the tokens before, so that a new token is one new row."""

from __future__ import annotations

import numpy as np

from ..files.checkpoint import Matrix

#: Further tokens that it has room for at first; the room is doubled where they are more.
ROOM = 32


class LayerCache:
    """Keys and values of one layer, of all tokens so far.

    Attributes
    ----------
    n : int
        Number of those tokens.
    """

    def __init__(self) -> None:
        self.n = 0
        self._K = self._V = np.empty((0, 0, 0), np.float32)

    @property
    def room(self) -> int:
        """Bytes that it takes, those for tokens to come among them."""
        return self._K.nbytes + self._V.nbytes

    @property
    def kept(self) -> int:
        """Bytes of the keys and values of its tokens."""
        return self._K[:, : self.n].nbytes + self._V[:, : self.n].nbytes

    def first(self, n: int) -> LayerCache:
        """Copy it with its first n tokens alone.

        Examples
        --------
        >>> cache, three = LayerCache(), np.ones((1, 3, 2), np.float32)
        >>> all_of_it = cache.extended(three, three)
        >>> cache.first(2).n, cache.n, cache.kept
        (2, 3, 48)
        """
        other = LayerCache()
        if n:
            other.extended(self._K[:, :n], self._V[:, :n])
        return other

    def extended(self, K: Matrix, V: Matrix) -> tuple[Matrix, Matrix]:
        """Add those of m more tokens, and return all.

        Parameters
        ----------
        K, V : ndarray of float32, shape (kv_heads, m, d_k)

        Returns
        -------
        K, V : ndarray of float32, shape (kv_heads, n, d_k)

        Examples
        --------
        >>> cache, one = LayerCache(), np.ones((1, 1, 2), np.float32)
        >>> [cache.extended(one, one)[0].shape for _ in range(2)]
        [(1, 1, 2), (1, 2, 2)]
        """
        first, self.n = self.n, self.n + K.shape[1]
        if self._K.shape[1] < self.n:
            self._K, self._V = (self._with_room(old, new, first) for old, new in self._pairs(K, V))
        for old, new in self._pairs(K, V):
            old[:, first : self.n] = new
        return self._K[:, : self.n], self._V[:, : self.n]

    def _pairs(self, K: Matrix, V: Matrix) -> tuple[tuple[Matrix, Matrix], tuple[Matrix, Matrix]]:
        return (self._K, K), (self._V, V)

    def _with_room(self, old: Matrix, new: Matrix, kept: int) -> Matrix:
        room = np.empty((len(new), self.n + max(ROOM, kept), new.shape[2]), np.float32)
        if kept:
            room[:, :kept] = old[:, :kept]
        return room

    def shorten(self, n: int) -> None:
        """Forget the tokens from the nth on, as going back does."""
        self.n = min(n, self.n)
