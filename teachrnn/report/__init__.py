"""The write-up of a run: everything that the assignment asks to hand in, as a page and as Markdown."""

from teachrnn.report.gradient_check import RunCheck, check_run
from teachrnn.report.journal import Journal
from teachrnn.report.remarks import read_remarks
from teachrnn.report.write_up import Written, write_report, write_up

__all__ = ["Journal", "RunCheck", "Written", "check_run", "read_remarks", "write_report", "write_up"]
