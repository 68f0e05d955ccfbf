"""The one rule by which every view writes a number."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: float) -> str:
    """Write a power of ten in plain characters.

    Examples
    --------
    >>> [power_of_ten(n) for n in (-12, 0, 3.0)]
    ['10⁻¹²', '10⁰', '10³']
    """
    return "10" + f"{exponent:.0f}".translate(RAISED)


def format_number(x: float, digits: int = 3) -> str:
    """Write a number with ``digits`` significant digits, a real minus sign and never a -0.

    Scientific below 1e-3 and from 1e5 on; halves are rounded away from zero, on the exact value of
    the float, which is what JavaScript's ``toExponential`` does too.

    Examples
    --------
    >>> [format_number(x) for x in (0.0, -0.0, 1.0, -0.12345, 1.125, 0.00012345, 123456.0)]
    ['0', '0', '1.00', '−0.123', '1.13', '1.23e−4', '1.23e5']
    """
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "∞" if x > 0 else f"{MINUS}∞"
    if isinstance(x, int) or x == 0:
        return str(int(x)).replace("-", MINUS)
    sign = MINUS if x < 0 else ""
    exact = Decimal(abs(float(x)))
    exponent = exact.adjusted()
    rounded = exact.quantize(Decimal(1).scaleb(exponent - digits + 1), rounding=ROUND_HALF_UP)
    if rounded.adjusted() > exponent:  # 9.999 became 10.0
        exponent += 1
        rounded = rounded.quantize(Decimal(1).scaleb(exponent - digits + 1))
    if -3 <= exponent < 5:
        places = max(digits - 1 - exponent, 0)
        return f"{sign}{rounded:.{places}f}"
    mantissa = rounded.scaleb(-exponent)
    return f"{sign}{mantissa:.{digits - 1}f}e{str(exponent).replace('-', MINUS)}"


def told_apart(a: float, b: float) -> tuple[str, str]:
    """Write two different numbers with as many digits as it takes to tell them apart.

    Examples
    --------
    >>> told_apart(0.5, -0.5), told_apart(0.25, 0.2500001)
    (('0.500', '−0.500'), ('0.2500000', '0.2500001'))
    """
    texts = ((format_number(a, digits), format_number(b, digits)) for digits in range(3, MOST_DIGITS))
    exact = format_number(a, MOST_DIGITS), format_number(b, MOST_DIGITS)
    return next((pair for pair in texts if pair[0] != pair[1]), exact)


MOST_DIGITS = 17
"""With this many digits, two different float64 numbers never look the same."""
