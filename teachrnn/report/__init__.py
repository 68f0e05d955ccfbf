"""The write-up of a run: everything that the assignment asks for, as a page and as Markdown."""

from teachrnn.report.comparison import check_comparable, compare
from teachrnn.report.gradient_check import RunCheck, check_run
from teachrnn.report.mistakes import write_up_mistakes
from teachrnn.report.remarks import load_remarks
from teachrnn.report.reported_run import ReportedRun
from teachrnn.report.write_up import Written, write_report, write_up

__all__ = [
    "ReportedRun",
    "RunCheck",
    "Written",
    "check_comparable",
    "check_run",
    "compare",
    "load_remarks",
    "write_report",
    "write_up",
    "write_up_mistakes",
]
