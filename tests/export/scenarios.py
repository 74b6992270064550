"""Words that try to break out of a file, and scenarios of every kind."""

import numpy as np
from hypothesis import strategies as st

from attn_core import Scenario
from attn_core.presets import PRESETS

#: Each is a token or a feature; the lab itself refuses some, the core none.
HOSTILE = (
    *(
        "'",
        '"',
        "\\",
        "$",
        "%",
        "<",
        ">",
        "&",
        "#",
        "_",
        "^",
        "~",
        "{",
        "}",
        "`",
        "--",
        "=",
        "\\\\",
    ),
    *('a"b', "a'b", '"""', "'''", "\\'", '\\"', "a\\", "a\nb", "a\r\nb", "a\tb", "\\n", "\nexit()"),
    *("$x$", "50%", "%\n", "\\end{document}", "\\input{/etc/passwd}", "^^5cend", "}}", "\\verb|"),
    *("</script>", "</script><script>alert(1)</script>", "<!--", "<img src=x onerror=alert(1)>"),
    *("&lt;", "&#60;", "--x", "{{7*7}}", "%s%n", "{name}", "#{x}", "a\u2028b", "a\u2029b"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", ",", ";", "a,b"),
    *("سلام", "שלום", "(שלום)", "你好", "こんにちは", "한국어", "नमस्ते", "สวัสดี", "Привет", "Ελλάδα"),
    *("heute\u00a0hier", "👩\u200d🔬", "\u202eevil", "e\u0301té", "ﬁ", "₁", "x₂", "\ue000", "ʃ"),
)


def hostile(tokens=HOSTILE):
    """A scenario of so many words, each of which is a feature as well."""
    n = len(tokens)
    rng = np.random.default_rng(7)
    return Scenario(
        tokens=tokens,
        X=rng.normal(size=(n, n)).round(3),
        W_q=rng.normal(size=(n, 2)),
        W_k=rng.normal(size=(n, 2)),
        W_v=rng.normal(size=(n, 3)),
        features=tokens,
    )


def random(seed=3, *, n=5, d_model=7, d_k=3, d_v=2, h=None, dtype=np.float64, **options):
    """A scenario whose sizes are all different."""
    rng = np.random.default_rng(seed)
    heads = () if h is None else (h,)
    if options.pop("masked", False):
        options["mask"] = np.tri(n, dtype=bool)
    if options.pop("W_o", False):
        options["W_o"] = rng.normal(size=((h or 1) * d_v, d_model)).astype(dtype)
    return Scenario(
        tokens=tuple(f"word{i}" for i in range(n)),
        X=rng.normal(size=(n, d_model)).astype(dtype),
        W_q=rng.normal(size=(*heads, d_model, d_k)).astype(dtype),
        W_k=rng.normal(size=(*heads, d_model, d_k)).astype(dtype),
        W_v=rng.normal(size=(*heads, d_model, d_v)).astype(dtype),
        **options,
    )


#: By name, so that a failing test says which.
KINDS = {
    **{preset.key: preset.scenario for preset in PRESETS},
    "hostile": hostile(),
    "plain": random(),
    "masked": random(masked=True, temperature=0.7),
    "unscaled": random(scale=False),
    "float32": random(dtype=np.float32, masked=True, temperature=1.3),
    "heads": random(h=3, masked=True),
    "heads and W_o": random(h=3, W_o=True),
    "W_o without heads": random(W_o=True),
    "one head of three axes": random(h=1),
    "one word": random(n=1),
    "large numbers": random(n=2, temperature=1e-3),
}

words = (
    st.text(min_size=1, max_size=12)
    .filter(lambda text: bool(text.strip()))
    .filter(lambda text: text.isprintable() or not any(0xD800 <= ord(c) < 0xE000 for c in text))
)


@st.composite
def scenarios(draw):
    """Any small scenario, with any words."""
    n, d = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    tokens = draw(st.lists(words, min_size=n, max_size=n))
    features = draw(st.lists(words, min_size=d, max_size=d, unique=True))
    made = random(draw(st.integers(0, 999)), n=n, d_model=d, masked=draw(st.booleans()))
    return Scenario(
        tokens=tokens,
        X=made.X,
        W_q=made.W_q,
        W_k=made.W_k,
        W_v=made.W_v,
        mask=made.mask,
        scale=draw(st.booleans()),
        temperature=draw(st.sampled_from([0.5, 1.0, 3.7])),
        features=features,
    )
