"""One comparison in all the error measures that reports use, so that their tables can be checked."""

from __future__ import annotations

from teachrnn.checking import GradientReport, ParameterCheck
from teachrnn.report.document import Element, Paragraph, TextTable
from teachrnn.views.style.number import format_number

HEAD = (
    "parameter",
    "max abs",
    "max signed",
    "norm-relative",
    "sum-relative",
    "max-relative",
    "mean-relative",
    "0 on both sides",
    "max abs / max-relative",
    "largest entry",
)


def error_figures(method: str, report: GradientReport) -> list[Element]:
    """A table of errors that differ by orders of magnitude, and how to tell one from another."""
    return [
        TextTable(
            f"The same comparison in every measure that is called an error: {method}",
            HEAD,
            [_row(check) for check in report.checks],
        ),
        Paragraph(
            "a is the gradient and n its reference, entry by entry. Max abs is the largest "
            "|a \N{MINUS SIGN} n|; max signed the largest n \N{MINUS SIGN} a, which hides an error to "
            "the other side. Norm-relative is that of the table above, of all entries at once. "
            "Sum-relative is the largest |a \N{MINUS SIGN} n| / (|a| + |n|), max-relative the largest "
            "|a \N{MINUS SIGN} n| / max(|a|, |n|), mean-relative the mean of the latter, which every "
            "entry that is 0 on both sides makes smaller. The entry with the largest absolute error has "
            "a relative error of at most max-relative, so max abs / max-relative cannot exceed the "
            "largest entry. A table in which it does is mislabelled."
        ),
    ]


def magnitude(x: float) -> str:
    """Two digits: an error is an order of magnitude."""
    return format_number(x, 2)


def _row(check: ParameterCheck) -> tuple[str, ...]:
    return (
        check.name,
        magnitude(check.max_absolute),
        magnitude(check.max_signed),
        magnitude(check.norm_relative),
        magnitude(check.sum_relative),
        magnitude(check.max_relative),
        magnitude(check.mean_relative()),
        f"{check.zeros} of {check.checked}",
        magnitude(check.least_largest),
        magnitude(check.largest),
    )
