"""Learn: gradient descent finds the projections, while one looks on."""

import streamlit as st

from pages.ui import frame
from pages.ui.learn.grammar import Grammar
from pages.ui.learn.lesson import Lesson, choose_lesson, show_lesson
from pages.ui.learn.paint import Paint
from pages.ui.learn.show_training import formulas
from pages.ui.learn.two_views import TwoViews

frame.page("Learn")

st.markdown(
    "The first reason for projections is that they can be **learned**. A *loss* is one number "
    "that says how far all is from what is wanted. Its *gradient* says of each number of the "
    "projections how the loss would change if that number grew a little. So each step moves "
    "every number a little the other way, and the loss falls."
)
lesson: Lesson | None
match kind := choose_lesson():
    case Paint.kind:
        st.markdown(
            "## Paint the attention that you want\n\n"
            "Click the boxes of *wanted*, or take a pattern; then press *Learn*: gradient descent "
            "looks for the $W_q$ and $W_k$ that make it. A row with several boxes shares 1 "
            "between them; a row without any is left free."
        )
        lesson = Paint.choose()
    case Grammar.kind:
        st.markdown(
            "## From similarity to grammar\n\n"
            "In a small corpus, English and French, verbs are marked with their subject, "
            "adjectives with their noun, pronouns with what they stand for. With "
            "$W_q = W_k = I$ attention is likeness, and wrong. What is learned from most of the "
            "sentences is tried on those that are **held out**."
        )
        lesson = Grammar.choose()
    case _:
        st.markdown(
            "## Two views of the same words\n\n"
            "Two heads, each with a $W_v$ of two columns and a linear read-out $W_r$ of its "
            "values: one is to tell the part of speech, the other whether the word is a name."
        )
        lesson = TwoViews.choose()
if lesson:
    show_lesson(lesson)
st.markdown("## How it learns")
formulas(kind)
frame.end()
