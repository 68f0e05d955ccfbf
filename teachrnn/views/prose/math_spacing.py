"""The spacing that TeX would use for a formula, written into its MathML."""

from __future__ import annotations

from xml.etree import ElementTree

MathElement = ElementTree.Element

SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
TALL = {"mfrac", "mtable", "munder", "mover", "munderover"}
NOT_OPERATORS = {")", "]", "}", "|", "\N{DOWN TACK}", "\N{MIDLINE HORIZONTAL ELLIPSIS}"}


def spaced(mathml: str, *, display: bool = False) -> str:
    """The formula with its spaces; ``display`` puts it on a line of its own.

    Examples
    --------
    >>> spaced("<math><mi>a</mi><mo>=</mo><mo>−</mo><mi>b</mi></math>")
    '<math><mi>a</mi><mo>=</mo><mo form="prefix">−</mo><mi>b</mi></math>'
    """
    root = ElementTree.fromstring(mathml)
    if display:
        root.set("display", "block")
        _put_limits_above_and_below(root)
    _space(root, script=False)
    return ElementTree.tostring(root, encoding="unicode")


def _space(element: MathElement, *, script: bool) -> None:
    children = list(element)
    for place, child in enumerate(children):
        before = children[place - 1] if place else None
        after = children[place + 1] if place + 1 < len(children) else None
        text = child.text or ""
        if child.tag == "mo" and len(text) > 1 and text.isalpha():
            child.tag = "mi"  # max is a function, not a relation
        if child.tag == "mi" and len(text) > 1 and after is not None and not _opens(after):
            element.insert(list(element).index(child) + 1, MathElement("mspace", width="0.167em"))
        if child.tag == "mo":
            if text in {"\N{MINUS SIGN}", "+"} and before is not None and _is_operator(before):
                child.set("form", "prefix")  # a sign, not a difference
            if script:
                child.set("lspace", "0")
                child.set("rspace", "0")
            if child.get("fence") and not any(part.tag in TALL for part in element.iter()):
                child.set("stretchy", "false")
        if element.tag == "mover" and place and text == "~":
            element.set("accent", "true")  # over the letter, not above it
        _space(child, script=script or (element.tag in SCRIPTS and place > 0))


def _put_limits_above_and_below(root: MathElement) -> None:
    stacked = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
    for element in root.iter():
        if element.tag in stacked and element[0].text in {"\N{N-ARY SUMMATION}", "\N{N-ARY PRODUCT}"}:
            element.tag = stacked[element.tag]


def _opens(element: MathElement) -> bool:
    return element.tag == "mo" and (element.text or "")[:1] in set("([{")


def _is_operator(element: MathElement) -> bool:
    if element.tag in SCRIPTS:  # a sum with its limits
        return len(element) > 0 and _is_operator(element[0])
    return element.tag == "mo" and element.text not in NOT_OPERATORS
