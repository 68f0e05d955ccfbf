"""The process in which a student's file runs: ``python -m teachrnn.submission.worker``.

It reads requests from its standard input and writes answers to its standard output, both of which the
student's code never sees; see `IsolatedSubmission`.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from teachrnn.array import Array
from teachrnn.errors import TeachrnnError
from teachrnn.submission import limits
from teachrnn.submission.called_by_name import FunctionsHere, called_message
from teachrnn.submission.instance_message import instance_of
from teachrnn.submission.messages import receive, send
from teachrnn.submission.operations import OperationSubmission
from teachrnn.submission.operations.isolated_operation import answer_message, case_of
from teachrnn.submission.own_work import hold_back, watch
from teachrnn.submission.parts import FailedPart, SubmissionPart, parts_in
from teachrnn.submission.submission import Submission
from teachrnn.submission.training_steps import TrainingSubmission, UpdateCase, UpdateSubmission
from teachrnn.submission.training_steps.training_message import training_message


def main() -> None:
    """Serve requests until the other side closes."""
    requests, answers = _streams_of_our_own()
    parts: list[SubmissionPart] = []
    functions: FunctionsHere | None = None
    notice = notices(answers)
    while True:
        try:
            said, arrays = receive(requests)
        except EOFError:
            return
        signed = {"sign": said.pop("sign", None)}
        try:
            if said["do"] == "limit":
                limit(said["memory"], said["file"], said["seconds"])
                limits.SECONDS_FOR_A_CALL = said["call"]
                if said["watch"]:
                    watch(notice, own=said["path"])
                send(answers, signed)
            elif said["do"] == "hold back":
                hold_back(notice)
                send(answers, signed)
            elif said["do"] == "recognise":
                parts = [Submission.of(said["path"], **said["options"])]
                send(answers, {**parts[0].described(), **signed})
            elif said["do"] == "parts":
                parts = parts_in(said["path"], **said["options"])
                described = [{**part.described(), "kind": kind_of(part)} for part in parts]
                send(answers, {"parts": described, **signed})
            elif said["do"] == "functions":
                functions = FunctionsHere(said["path"])
                send(answers, signed)
            elif said["do"] == "call":
                assert functions is not None
                told, given = called_message(functions, said, arrays)
                send(answers, {**told, **signed}, given)
            else:
                told, given = _answer(parts[said["part"]], said, arrays)
                send(answers, {**told, **signed}, given)
        except TeachrnnError as error:
            send(answers, {"error": str(error), **signed})
        except MemoryError:
            send(answers, {"error": "the code asked for more memory than it may have.", **signed})
        except Exception as error:  # of teachrnn's own: what the code raises is a TeachrnnError here
            what = f"{type(error).__name__}: {error}"
            failed = f"teachrnn itself failed on this code ({what}): please report it."
            send(answers, {"error": failed, **signed})


def kind_of(part: SubmissionPart) -> str:
    """What kind of part it is, as `IsolatedProgram` knows it."""
    if isinstance(part, FailedPart):
        return "failure"
    if isinstance(part, TrainingSubmission):
        return "training step"
    if isinstance(part, UpdateSubmission):
        return "update"
    return "operation" if isinstance(part, OperationSubmission) else "network"


def _answer(
    part: SubmissionPart, said: Mapping[str, Any], arrays: Mapping[str, Array]
) -> tuple[dict[str, Any], dict[str, Array]]:
    if isinstance(part, OperationSubmission):
        return answer_message(part.answer(case_of(part.needs.op, arrays)))
    if isinstance(part, TrainingSubmission):
        instance = instance_of(said, arrays)
        return training_message(part.answer(instance, seed=said["seed"], limit=said["limit"]))
    if isinstance(part, UpdateSubmission):
        case = UpdateCase(**said["case"])
        return training_message(part.answer(case, seed=said["seed"], limit=said["limit"]))
    assert isinstance(part, Submission)
    given = part.answer(instance_of(said, arrays))
    told = {f"gradient {n}": g for n, g in given.gradients.items()}
    told |= {f"value {n}": v for n, v in given.values.items()}
    return {"loss": given.loss, "printed": given.printed, "remarks": given.remarks}, told


def _streams_of_our_own() -> tuple[BinaryIO, BinaryIO]:
    """Move standard input and output away, so that nothing that is printed gets between the answers."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 -- as long as the process lives
    return requests, answers


def notices(answers: BinaryIO) -> Callable[[str], None]:
    """What tells the other side at once what the file was kept from, through nothing it can replace."""
    number, write, header, quoted = answers.fileno(), os.write, struct.Struct(">QQ").pack, json.dumps

    def notice(what: str) -> None:
        text = quoted({"noticed": what}).encode()
        write(number, header(len(text), 0) + text)

    return notice


def limit(memory: int, file: int, seconds: int) -> None:
    """Limit the resources of the process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for what, bound in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
    ):
        with contextlib.suppress(ValueError, OSError):  # a smaller bound stands already
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (bound if hard < 0 else min(bound, hard), hard))


if __name__ == "__main__":
    main()
