"""The line that a mistake is in: as it should be, and as it is."""

from __future__ import annotations

from teachrnn.diagnosis.changes.change import Change
from teachrnn.diagnosis.site import Site
from teachrnn.formulas.equation import gradient_formula, without_sums
from teachrnn.formulas.formula_error import UnreadableFormulaError
from teachrnn.formulas.text import text
from teachrnn.formulas.tree import Formula


def right_line(site: Site, *, alone: bool = False) -> str:
    """The line of the backward pass for a site, at the step t.

    Parameters
    ----------
    site : Site
        Where.
    alone : bool
        Whether nothing else adds to the same gradient.

    Returns
    -------
    str
        Such as ``dh[t-1] += Wᵀ dr[t]``; nothing if the operation states no formula.
    """
    return _line(site, _formula(site), alone)


def wrong_line(site: Site, change: Change, *, alone: bool = False) -> str:
    """The same line with a mistake in it; nothing if it cannot be written down."""
    formula = _formula(site)
    return _line(site, formula and change.rewritten(formula, site), alone)


def _formula(site: Site) -> Formula | None:
    try:
        return without_sums(gradient_formula(site.kind, site.input))
    except UnreadableFormulaError:
        return None


def _line(site: Site, formula: Formula | None, alone: bool) -> str:
    if formula is None:
        return ""
    sign = "=" if alone else "+="
    return f"d{site.source} {sign} {text(formula.renamed(site.names))}"
