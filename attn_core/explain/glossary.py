"""The glossary: each term of the field in two plain sentences, with its formula."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One term.

    Attributes
    ----------
    name : str
    says : str
        Two sentences.
    formula : str
        In plain text; empty where there is none.
    """

    name: str
    says: str
    formula: str = ""


TERMS: tuple[Term, ...] = (
    Term(
        "token",
        "A token is a piece of text that a model reads as one unit. Here it is a word or a sign; "
        "real models also split words.",
    ),
    Term(
        "embedding",
        "An embedding is the vector that stands for one token. The embeddings of a sentence are "
        "the rows of X.",
    ),
    Term(
        "feature",
        "A feature is one column of X, a property that every embedding measures. Features made by "
        "hand have names; learned ones have none.",
    ),
    Term(
        "d_model",
        "d_model is the number of features of an embedding. W_q, W_k and W_v have one row for "
        "each feature.",
    ),
    Term(
        "projection",
        "A projection is a matrix that turns embeddings into queries, keys or values. Its numbers "
        "are what a model learns.",
        "Q = X W_q, K = X W_k, V = X W_v",
    ),
    Term(
        "query",
        "A query is the vector with which a word looks for others. It is compared with every key.",
        "q = x W_q",
    ),
    Term(
        "key",
        "A key is the vector by which a word is found. A query that points the same way gives it "
        "a high score.",
        "k = x W_k",
    ),
    Term(
        "value",
        "A value is the vector that a word passes on. Each output is a weighted sum of values.",
        "v = x W_v",
    ),
    Term(
        "d_k",
        "d_k is the length of a query and of a key. Both have the same, because their dot product "
        "pairs them number by number.",
    ),
    Term(
        "d_v",
        "d_v is the length of a value, and so of an output. It may differ from d_k.",
    ),
    Term(
        "dot product",
        "The dot product multiplies two vectors number by number and adds up the products. It is "
        "large when both are long and point the same way.",
        "q · k = q₁ k₁ + q₂ k₂ + …",
    ),
    Term(
        "transpose",
        "The transpose of a matrix has the rows as columns. In Q Kᵀ it lets every query meet "
        "every key.",
        "(Kᵀ)ᵢⱼ = Kⱼᵢ",
    ),
    Term(
        "score",
        "A score says how well a query fits a key. It is their dot product, divided by √d_k.",
        "scores = Q Kᵀ / √d_k",
    ),
    Term(
        "scaling",
        "Scaling divides each dot product by √d_k. Without it, long queries and keys give large "
        "scores, and the softmax gets too sharp.",
        "Q Kᵀ / √d_k",
    ),
    Term(
        "mask",
        "A mask keeps some words from attending to others. A blocked score becomes −∞, so its "
        "weight is 0.",
        "softmax(scores + M), where M is 0 or −∞",
    ),
    Term(
        "causal",
        "A causal mask lets a word attend only to itself and to the words before it. Models that "
        "write text word by word need it.",
        "Mᵢⱼ = −∞ where j > i",
    ),
    Term(
        "padding",
        "Padding fills short sentences up to the length of the longest. A padding mask keeps "
        "words from attending to it.",
    ),
    Term(
        "temperature",
        "The temperature divides the scores before the softmax. Above 1 it makes the weights more "
        "even, below 1 sharper.",
        "softmax(scores / T)",
    ),
    Term(
        "logit",
        "A logit is a number that goes into a softmax. Here it is a score, divided by the "
        "temperature; a decoder has one for each token that may come next.",
        "logits = scores / T",
    ),
    Term(
        "softmax",
        "The softmax turns a row of scores into positive weights that add up to 1. The highest "
        "score gets the largest weight.",
        "wⱼ = exp(sⱼ) / (exp(s₁) + exp(s₂) + …)",
    ),
    Term(
        "weight",
        "A weight says how much one word attends to, or looks at, another. The weights of a row "
        "add up to 1.",
        "weights = softmax(scores)",
    ),
    Term(
        "output",
        "The output of a word is the sum of all values, each times its weight. It is what "
        "attention passes on.",
        "output = weights · V",
    ),
    Term(
        "cross-attention",
        "In cross-attention, queries come from one sentence, keys and values from another. A "
        "translator looks at its source this way.",
    ),
    Term(
        "position",
        "A position is the place of a token in its sentence. Attention alone doesn't know it, so "
        "models encode it in numbers.",
    ),
    Term(
        "head",
        "A head is one attention with its own W_q, W_k and W_v. Several heads see the same words "
        "in different ways.",
        "projected = [head₁, …, headₕ] W_o",
    ),
    Term(
        "loss",
        "The loss is one number that measures how far the results are from the target. Learning "
        "makes it small.",
    ),
    Term(
        "gradient",
        "The gradient says for each number how the loss changes when that number grows. Gradient "
        "descent moves every number the other way.",
        "∂loss / ∂W",
    ),
    Term(
        "learning rate",
        "The learning rate sets how far a step of gradient descent goes. If it is too large, the "
        "loss jumps instead of falling.",
        "W ← W − η · ∂loss / ∂W",
    ),
    Term(
        "residual stream",
        "The residual stream is the vector of each token that runs through all layers. Attention "
        "and MLP of a layer read it and add to it.",
        "X′ = X + attention + MLP",
    ),
    Term(
        "MLP",
        "An MLP is the other part of a layer: two projections with a function between them. It "
        "reads each token by itself.",
        "M = σ(X W₁) W₂",
    ),
    Term(
        "logit lens",
        "The logit lens reads the residual stream after an early layer as if it were the last. It "
        "shows which next token is likeliest so far.",
    ),
    Term(
        "ablation",
        "An ablation switches a part of a model off, to see what it is worth. Here the output of a "
        "head becomes zeros before W_o.",
    ),
)

BY_NAME = {term.name: term for term in TERMS}
