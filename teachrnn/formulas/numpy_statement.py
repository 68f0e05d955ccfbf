"""A formula as statements: a value is set, or something is added to it, as a student writes it."""

from __future__ import annotations

from teachrnn.formulas import tree
from teachrnn.formulas.code_line import Code, code
from teachrnn.formulas.numpy_code import Owned, Spelling, numpy_code
from teachrnn.formulas.tree import Formula


def assigned(target: Formula, formula: Formula, spelling: Spelling, like: tree.Letter) -> list[Code]:
    """Statements after which a name has the value of a formula.

    A vector with a single 1 is not formed: its entry is set, or reduced, in a statement of its own.

    Parameters
    ----------
    target : Formula
        What is set: a letter.
    formula : Formula
        What it becomes.
    spelling : Spelling
        What the letters are called, and what they are.
    like : Letter
        A letter of the shape of the result.

    Raises
    ------
    UnreadableFormulaError
        If the formula has no code.
    """

    def written(node: Formula) -> Code:
        return numpy_code(_owned(node, formula), spelling, like)

    name = numpy_code(target, spelling)
    match _bare(formula):
        case tree.Minus(left=start, right=tree.OneHot(place=place)):
            first = written(start)
            if isinstance(start, tree.Letter | tree.Transpose | tree.At):
                first = code(first, ".copy()")
            return [code(name, " = ", first), code(name, "[", numpy_code(place, spelling), "] -= 1")]
        case tree.Product(left=factor, right=tree.OneHot(place=place)):
            return _single(name, written(like), numpy_code(place, spelling), written(factor))
        case tree.Product(left=column, right=tree.Transpose(of=tree.OneHot(place=place))):
            return _single(
                name, written(like), code(":, ", numpy_code(place, spelling)), written(column)
            )
        case tree.Negative(of=tree.Product(left=factor, right=tree.OneHot(place=place))):
            value = written(tree.Negative(factor))
            return _single(name, written(like), numpy_code(place, spelling), value)
    return [code(name, " = ", written(formula))]


def accumulated(target: Formula, formula: Formula, spelling: Spelling, like: tree.Letter) -> list[Code]:
    """Statements that add a formula to a name; what is subtracted is written so.

    The outer product with a vector that has a single 1 adds to one column only.

    Parameters
    ----------
    target : Formula
        What is added to: a letter.
    formula : Formula
        What is added.
    spelling : Spelling
        What the letters are called, and what they are.
    like : Letter
        A letter of the shape of the result.

    Raises
    ------
    UnreadableFormulaError
        If the formula has no code.
    """
    name, sign, bare = numpy_code(target, spelling), "+=", _bare(formula)
    if isinstance(bare, tree.Negative):
        sign, bare = "-=", _bare(bare.of)
    match bare:
        case tree.Product(left=column, right=tree.Transpose(of=tree.OneHot(place=place))):
            at = numpy_code(place, spelling)
            name, bare = code(name, "[:, ", at, "]"), column
    return [code(name, f" {sign} ", numpy_code(_owned(bare, formula), spelling, like))]


def _single(name: Code, zeros: Code, place: Code, value: Code) -> list[Code]:
    """Zeros but for one entry, or one column."""
    return [code(name, " = np.zeros_like(", zeros, ")"), code(name, "[", place, "] = ", value)]


def _bare(formula: Formula) -> Formula:
    """The formula without the note of who owns it, and without a sum over time, which is a loop's."""
    match formula:
        case Owned(formula=inner) | tree.Sum(index=None, body=inner):
            return _bare(inner)
    return formula


def _owned(part: Formula, whole: Formula) -> Formula:
    """A part of a formula, owned by whoever owns the whole."""
    return Owned(part, whole.owner) if isinstance(whole, Owned) else part
