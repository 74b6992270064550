"""Learn: gradient descent finds the projections, while one looks on."""

import streamlit as st

from pages.ui import frame
from pages.ui.learn.grammar import Grammar
from pages.ui.learn.lesson import Lesson, choose_lesson, chosen_lesson, show_lesson
from pages.ui.learn.paint import Paint
from pages.ui.learn.show_training import formulas
from pages.ui.learn.two_views import TwoViews
from pages.ui.show import glossary

frame.page("Learn", beside=choose_lesson)

lesson: Lesson | None
match kind := chosen_lesson():
    case Paint.kind:
        st.markdown(
            "**Paint the attention that you want.** Click the boxes of *wanted*, or take a "
            "pattern; then press *Learn*: gradient descent looks for the $W_q$ and $W_k$ that "
            "make it. A row with several boxes shares 1 between them; one without any is left free."
        )
        lesson = Paint.choose()
    case Grammar.kind:
        st.markdown(
            "In a small corpus, English and French, verbs are marked with their subject, "
            "adjectives with their noun, pronouns with what they stand for. With "
            "$W_q = W_k = I$ attention is likeness, and wrong. What is learned from most of the "
            "sentences is tried on those that are **held out**."
        )
        lesson = Grammar.choose()
    case _:
        st.markdown(
            "Two heads, each with a $W_v$ of two columns and a linear read-out $W_r$ of its "
            "values: one is to tell the part of speech, the other whether the word is a name."
        )
        lesson = TwoViews.choose()
if lesson:
    show_lesson(lesson)
st.markdown(
    "## How it learns\n\n"
    "The first reason for projections is that they can be **learned**. A *loss* is one number "
    "that says how far all is from what is wanted. Its *gradient* says of each number of the "
    "projections how the loss would change if that number grew a little. So each step moves "
    "every number a little the other way, and the loss falls."
)
glossary.introduce("loss", "gradient", "learning rate", "projection")
formulas(kind)
frame.end()
