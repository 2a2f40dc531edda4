"""Formulas as models write them, and what a person reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.ui.markdown.mathematics import mathematics
from qwq_cli.ui.marks import bare

FORMULAS = {
    r"x^2 + y_1": "x² + y₁",
    r"x^{2n} - a_{n+1}": "x²ⁿ - aₙ₊₁",
    r"x^2+y^2=z^2": "x²+y² = z²",
    r"\frac{1}{2}": "1/2",
    r"\frac{a+b}{2c}": "(a+b)/2c",
    r"\frac{n(n+1)}{2}": "n(n+1)/2",
    r"\dfrac{a}{b+c}": "a/(b+c)",
    r"2\frac13": "2 1/3",
    r"\boxed{42}": "42",
    r"\boxed{\frac{1}{2}}": "1/2",
    r"\alpha\times\beta \leq \gamma": "α × β ≤ γ",
    r"\pi*2": "π*2",
    r"\sqrt{2}": "√2",
    r"\sqrt{x+1}": "√(x+1)",
    r"\sqrt[3]{27}": "∛27",
    r"\sqrt[n]{x}": "ⁿ√x",
    r"\sum_{i=1}^{n} i": "∑ᵢ₌₁ⁿ i",
    r"\lim_{x \to 0} \frac{\sin x}{x} = 1": "lim_(x→0) (sin x)/x = 1",
    r"\int_0^\infty e^{-x} \, dx": "∫₀^∞ e⁻ˣ dx",
    r"x = \pm\sqrt{b}": "x = ±√b",
    r"a \equiv b \pmod{n}": "a ≡ b (mod n)",
    r"90^\circ": "90°",
    r"f'(x)": "f′(x)",
    r"\mathbb{R}^n": "ℝⁿ",
    r"x_{max}^{\text{new q}}": "xₘₐₓ^(new q)",
    r"\{1, 2\} \cup A": "{1, 2} ∪ A",
    r"\left( \frac{1}{2} \right)^n": "(1/2)ⁿ",
    r"\left. x \right|_0": "x |₀",
    r"\text{速度} = 5\,\text{m/s}": "速度 = 5 m/s",
    r"A \not= B, a \ne b": "A ≠ B, a ≠ b",
    r"\overline{AB} \parallel CD": "A̅B̅ ∥ CD",
    r"\binom{n}{k}": "C(n, k)",
    r"\log_2 8": "log₂ 8",
    r"\operatorname{lcm}(a,b)": "lcm(a,b)",
    r"50\% \& 3\$": "50% & 3$",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}": "(1 2; 3 4)",
    r"\begin{cases} x & x > 0 \\ 0 & \text{else}\end{cases}": "{x, x > 0; 0, else",
    r"\textcolor{red}{x}": "x",
    r"\xrightarrow{f} B": "—f→ B",
    r"\unknown{x}{y} z": r"\unknown{x}{y} z",
    r"x^": "x",
    r"\frac{1}": "1/",
    r"{x": "{x",
    r"x}": "x}",
    "\\": "\\",
    "a ~ b & c": "a b c",
    "价格 < 5": "价格 < 5",
}
MULTI_LINE = {
    r"\begin{align*} x &= 5 \\ y &= x + 1 \\[2pt] &= 6\end{align*}": "x = 5\ny = x + 1\n= 6",
    r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 \\ -x & \text{否则} \end{cases}": (
        "f(x) =\n⎧ x   if x > 0\n⎪ 0\n⎩ -x  否则"
    ),
    r"A = \begin{bmatrix} 1 & 20 \\ 3 & 4 \end{bmatrix}": "A =\n⎡ 1  20 ⎤\n⎣ 3  4  ⎦",
    r"a \\ b": "a\nb",
}


@pytest.mark.parametrize(("source", "shown"), FORMULAS.items())
def test_formulas(source: str, shown: str) -> None:
    assert bare(mathematics(source)) == shown


@pytest.mark.parametrize(("source", "shown"), MULTI_LINE.items())
def test_formulas_on_rows_of_their_own(source: str, shown: str) -> None:
    assert bare(mathematics(source, display=True)) == shown


def test_a_box_is_marked() -> None:
    assert mathematics(r"\boxed{5}") != "5"


@given(st.text(st.sampled_from("\\{}[]^_&$ax2+= frac sqrt begin end cases boxed"), max_size=40))
def test_anything_is_read_to_an_end(source: str) -> None:
    """No formula ends in an error, and none on one row has two."""
    assert "\n" not in mathematics(source)
    mathematics(source, display=True)


def test_what_is_too_deep_stays_as_it_is() -> None:
    deep = "\\frac{" * 100 + "x" + "}{y}" * 100
    assert mathematics(deep) == deep
