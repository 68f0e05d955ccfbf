"""Markdown with formulas as plain text, for a terminal and for comments in code."""

from __future__ import annotations

import re

SIGNS = {
    "top": "ᵀ", "odot": "⊙", "cdot": "·", "sum": "∑", "sqrt": "√", "theta": "θ", "eta": "η",
    "epsilon": "ε", "gamma": "γ", "beta": "β", "leftarrow": "←", "to": "→", "ge": "≥", "le": "≤",
    "times": "×", "dots": "…", "partial": "∂", "sigma": "σ", "alpha": "α", "lambda": "λ",
    "in": "∈", "ne": "≠", "infty": "∞", "pm": "±", "approx": "≈",
    "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|",
}  # fmt: skip
"""What a command of LaTeX looks like in a line of text; any other is its own name, like ``ln``."""
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def prose_text(text: str) -> str:
    r"""Markdown as plain text: formulas in Unicode, without stars and backticks.

    Parameters
    ----------
    text : str
        Markdown.

    Returns
    -------
    str
        Lines of text.

    Examples
    --------
    >>> prose_text(r"The *sum* $dW = \sum_t da_t\, h_{t-1}^\top$ of `dW`.")
    'The sum dW = ∑_t da_t h_(t−1)ᵀ of `dW`.'
    >>> prose_text(r"The norm $\lVert g \rVert$.")
    'The norm ‖ g ‖.'
    """
    text = re.sub(r"\$\$?(.+?)\$\$?", lambda formula: _formula(formula[1]), text, flags=re.S)
    return re.sub(r"(?<![\w*])\*{1,2}([^*]+?)\*{1,2}(?![\w*])", r"\1", text)


def _quotient(parts: re.Match[str]) -> str:
    a, b = (part if len(part) == 1 else f"({part})" for part in (parts[1], parts[2]))
    return f"{a}/{b}"


def _formula(latex: str) -> str:
    latex = re.sub(r"\\(?:mathrm|text|mathbf|hat)\s*\{([^{}]*)\}", r"\1", latex)
    latex = re.sub(r"\\hat\s*(\w)", "\\1\u0302", latex)
    latex = re.sub(r"_\{(\w+)\}", r"_\1", latex)
    latex = re.sub(r"\\frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", _quotient, latex)
    latex = re.sub(r"\\[,;:! ]|\\left(?![a-z])|\\right(?![a-z])", " ", latex)
    latex = re.sub(r"\^\s*\\top", "ᵀ", latex)
    latex = re.sub(r"\\([A-Za-z]+)", lambda command: SIGNS.get(command[1], command[1]), latex)
    latex = re.sub(r"([_^])\{(\w+|\(\w+\))\}", r"\1\2", latex)
    latex = re.sub(r"√\{(\w+)\}", r"√\1", latex)
    latex = re.sub(r"_(\d+)\b", lambda place: place[1].translate(SUBSCRIPTS), latex)
    latex = latex.replace("{", "(").replace("}", ")").replace("-", "\N{MINUS SIGN}")
    return " ".join(latex.split())
