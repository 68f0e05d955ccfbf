"""Formulas in one line of text, for terminals."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

    context = get_default_latex_context_db()
    ours = [
        MacroTextSpec("frac", simplify_repl="(%s) / (%s)"),
        MacroTextSpec("mathrm", simplify_repl="%s"),
        MacroTextSpec("tanh", simplify_repl="tanh"),
        MacroTextSpec("log", simplify_repl="log "),
        MacroTextSpec("odot", simplify_repl=" ⊙ "),
        MacroTextSpec("top", simplify_repl="ᵀ "),
        MacroTextSpec("cdots", simplify_repl=" … "),
        MacroTextSpec(",", simplify_repl=" "),
        MacroTextSpec(";", simplify_repl=" "),
    ]
    context.add_context_category("teachrnn", macros=ours, prepend=True)
    return LatexNodes2Text(latex_context=context, math_mode="text", keep_braced_groups=True)


@lru_cache(maxsize=8192)
def plain_formula(latex: str) -> str:
    r"""A formula as text that can be read aloud and typed.

    Examples
    --------
    >>> plain_formula(r"h_{3} = \tanh(a_{3})")
    'h_3 = tanh(a_3)'
    >>> plain_formula(r"\partial^{+}_{r_{2}} W = \mathrm{d}r_{2}\, {h_{1}}^\top")
    '∂⁺_{r_2} W = dr_2 h_1ᵀ'
    >>> plain_formula(r"L_{1} = -\log \frac{e^{o_{1,y_{1}}}}{\sum_{k} e^{o_{1,k}}}")
    'L_1 = −log ((e^{o_{1,y_1}}) / (∑_k e^{o_{1,k}}))'
    """
    latex = re.sub(
        r"\\log \\frac(\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}){2}", _bracketed, latex
    )
    text = _converter().latex_to_text(f"${latex}$").replace("-", "\N{MINUS SIGN}")
    text = re.sub(r"(?<![_^])\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1", text)  # groups that only hold together
    text = re.sub(r"([_^])\{(\w|\d+)\}", r"\1\2", text)
    text = re.sub(r"\((\w+)\) / ", r"\1 / ", text)
    text = re.sub(r" / \((\w+)\)", r" / \1", text)
    text = text.replace("^ᵀ", "ᵀ").replace("∂^+_", "∂⁺_")
    return re.sub(r" +", " ", text).strip().replace("( ", "(").replace("ᵀ )", "ᵀ)")


def _bracketed(match: re.Match[str]) -> str:
    return match[0].replace(r"\log ", r"\log (", 1) + ")"
