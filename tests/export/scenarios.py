"""Words that try to break out of a file, and scenarios of every kind."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from attn_core import Scenario
from attn_core.positions import KINDS as KINDS_OF_POSITIONS
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


def random(seed=3, *, n=5, n_k=None, d_model=7, d_k=3, d_v=2, h=None, dtype=np.float64, **options):
    """A scenario whose sizes are all different; with n_k it has a second sentence."""
    rng = np.random.default_rng(seed)
    heads = () if h is None else (h,)
    if options.pop("masked", False):
        options["mask"] = np.tri(n, n_k or n, dtype=bool)
    if options.pop("W_o", False):
        options["W_o"] = rng.normal(size=((h or 1) * d_v, d_model)).astype(dtype)
    if n_k:
        options["Z"] = rng.normal(size=(n_k, d_model)).astype(dtype)
        options.setdefault("context", tuple(f"other{i}" for i in range(n_k)))
    if options.get("positions") == "learned":
        options["P"] = rng.normal(size=(max(n, n_k or n), d_model)).astype(dtype)
    return Scenario(
        tokens=tuple(f"word{i}" for i in range(n)),
        X=rng.normal(size=(n, d_model)).astype(dtype),
        W_q=rng.normal(size=(*heads, d_model, d_k)).astype(dtype),
        W_k=rng.normal(size=(*heads, d_model, d_k)).astype(dtype),
        W_v=rng.normal(size=(*heads, d_model, d_v)).astype(dtype),
        **options,
    )


#: Sizes of scenarios that have all of them; pairs of columns leave one over.
PRIMES = {"n": 3, "n_k": 5, "d_model": 7, "d_k": 11, "d_v": 13, "h": 2}
#: The same of a single sentence.
ALONE = {name: size for name, size in PRIMES.items() if name != "n_k"}

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
    "sinusoidal": random(positions="sinusoidal"),
    "learned": random(positions="learned", temperature=1.7),
    "RoPE": random(n=7, d_model=3, d_k=5, positions="rope"),
    "RoPE of one pair": random(d_k=2, d_v=3, positions="rope", masked=True),
    "ALiBi": random(positions="alibi", slope=0.3),
    "ALiBi, masked and tempered": random(positions="alibi", masked=True, temperature=0.7),
    "float32, sinusoidal": random(positions="sinusoidal", dtype=np.float32),
    "float32, RoPE": random(d_k=5, n=7, positions="rope", dtype=np.float32, masked=True),
    "float32, ALiBi with heads": random(positions="alibi", h=3, dtype=np.float32),
    "ALiBi of a slope with heads": random(positions="alibi", slope=0.3, h=3),
    "cross": random(n_k=11),
    "cross with a shorter sentence": random(n_k=2, d_v=11, masked=True),
    "cross, sinusoidal": random(n_k=11, positions="sinusoidal", masked=True),
    "cross, learned": random(n_k=11, positions="learned"),
    "cross, learned, shorter": random(n_k=2, d_v=11, positions="learned"),
    "cross with heads": random(**PRIMES, positions="learned", W_o=True, masked=True),
    "sinusoidal with heads": random(**ALONE, positions="sinusoidal", W_o=True),
    "RoPE with heads": random(**ALONE, positions="rope", masked=True, temperature=1.9),
    "ALiBi with heads": random(**ALONE, positions="alibi", masked=True, scale=False, W_o=True),
    "hostile heads and context": random(
        h=7, n_k=11, context=HOSTILE[-11:], heads=HOSTILE[18:25], W_o=True
    ),
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
    n_k, h = draw(st.none() | st.integers(1, 5)), draw(st.none() | st.integers(1, 3))
    kinds = [kind for kind in KINDS_OF_POSITIONS if not n_k or kind not in ("rope", "alibi")]
    made = random(
        draw(st.integers(0, 999)),
        n=n,
        n_k=n_k,
        d_model=d,
        h=h,
        W_o=draw(st.booleans()),
        masked=draw(st.booleans()),
        positions=draw(st.sampled_from(kinds)),
        scale=draw(st.booleans()),
        temperature=draw(st.sampled_from([0.5, 1.0, 3.7])),
    )
    return replace(
        made,
        tokens=draw(st.lists(words, min_size=n, max_size=n)),
        features=draw(st.lists(words, min_size=d, max_size=d, unique=True)),
        context=draw(st.lists(words, min_size=n_k, max_size=n_k)) if n_k else (),
        heads=draw(st.lists(words, min_size=h, max_size=h, unique=True)) if h else (),
    )
