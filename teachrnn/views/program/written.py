"""Writes the program of a trace: a loop forward, a loop back.

What a student would not write is not written: a result that is used once, as a summand, stands inside
the sum; a gradient that is passed on as it is has no name of its own; a value is kept for the way back
only if the way back looks at it.
"""

from __future__ import annotations

from teachrnn.formulas.code_line import Code, code, listed, remark, source
from teachrnn.formulas.name import Name
from teachrnn.formulas.numpy_code import numpy_code
from teachrnn.formulas.tree import Letter
from teachrnn.trace import Trace
from teachrnn.views.program.first_lines import given_arrays, helper_lines
from teachrnn.views.program.given import given_lines
from teachrnn.views.program.instruction import Instruction, Use
from teachrnn.views.program.line_block import LineBlock
from teachrnn.views.program.numpy_program import LinesOfStep, Mark, NumpyProgram
from teachrnn.views.program.program_names import NEXT, ProgramNames
from teachrnn.views.program.way_back import WayBack
from teachrnn.views.program.way_forward import WayForward

INDENT = "    "
TOGETHER = 3
"""So many gradients are set to zero in one line."""


def student_program(trace: Trace) -> NumpyProgram | None:
    """The program in NumPy that a student would write for a trace, forward and back.

    Parameters
    ----------
    trace : Trace
        A record of one sequence; without a loss the program has only its forward half.

    Returns
    -------
    NumpyProgram or None
        None where several sequences were read at once: the program is that of one.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN
    >>> model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    >>> program = student_program(model.record([0, 1], [1, 2]))
    >>> step = program.of_step("backward", "h[2]")
    >>> step.text()
    ['da = dh * (1 - h[t]**2)']
    """
    axes = _core_axes(trace)
    return None if axes is None or not trace.ops else _Written(ProgramNames(trace, axes)).program


def _core_axes(trace: Trace) -> dict[int, int] | None:
    """How many axes every value has that is used, by its index; None for more than one sequence."""
    axes: dict[int, int] = {}
    for op in trace.ops:
        rule = type(op).shape_rule
        for value, own in zip((*op.operands, op), (*rule.inputs, rule.output), strict=True):
            sequences = value.shape[: value.data.ndim - len(own)]
            if axes.setdefault(value.index, len(own)) != len(own) or any(n != 1 for n in sequences):
                return None
    return axes


class _Written:
    """The program of one trace, put together from what is written of it."""

    def __init__(self, names: ProgramNames) -> None:
        self.names = names
        indent = INDENT if names.loop else ""
        self.back = WayBack(names, indent)
        names.going_back = False
        self.ahead = WayForward(names, indent)
        self.given = given_arrays(names)
        self.program = NumpyProgram(uses=names.uses, loop=names.loop)
        self._put_together()

    def _put_together(self) -> None:
        program, lines = self.program, self.program.lines
        ahead, back = self.ahead.block, self.back.block
        self._head()
        first = len(lines)
        lines += ahead.lines
        for one in self.names.do.all:
            name = one.result.name
            around = self._around(one, ahead, first)
            program.forward[name] = LinesOfStep(program, around, ahead.marked(name, first))
        if self.names.trace.losses:
            self._turn()
            first = len(lines)
            lines += back.lines
            for one in self.names.do.all:
                if one.result.name in self.names.live:
                    program.backward[one.result.name] = self._passing(one, back, first)
            self._found()

    def _around(self, one: Instruction, block: LineBlock, first: int) -> range:
        """The lines of the same time step."""
        times = range(len(block.lines)) if self.names.loop else block.times.get(one.op.t, range(0))
        return range(first + times.start, first + times.stop)

    def _passing(self, one: Instruction, block: LineBlock, first: int) -> LinesOfStep:
        """The lines of a step back, with a note where a gradient is passed on as it is."""
        name, around = one.result.name, self._around(one, block, first)
        marks = block.marked(name, first)
        if name not in self.back.passed:
            return LinesOfStep(self.program, around, marks)
        arrived = self.back.gradient[name]
        note = " = ".join([*self.back.passed[name], source(numpy_code(arrived, self.names))])
        where = None
        if isinstance(arrived, Letter):
            where = first + self.back.made[self.names.uses[arrived.name].name]
        if not marks and where is not None:
            marks = (Mark(where),)
        return LinesOfStep(self.program, around, marks, note, where)

    def _head(self) -> None:
        """The first lines: what the program needs, what it is given, where it keeps its results."""
        program, lines = self.program, self.program.lines
        top = ["import numpy as np", "", *helper_lines(self.names)]
        times = self.names.do.times
        steps = [] if times is None or times.start != 1 else [f"T = {times[-1]}"]
        (heading, *shown), (said, *copied) = given_lines(self.given)
        lines += [*map(_with_remark, top), heading, *map(code, steps), *shown]
        program.given = [*top, said, *steps, *copied]
        program.shown = len(lines)
        lines += [(), remark("Forward."), *_dicts(self._kept_from_here())]
        if self.names.trace.losses:
            lines.append(code("loss = 0"))
        if self.names.do.times is not None:
            last = "T" if self.names.do.times.start == 1 else str(self.names.do.times[-1])
            lines.append(code(f"for t in range({self.names.do.times.start}, {last} + 1):"))

    def _turn(self) -> None:
        """Between forward and back: where the gradients are collected."""
        program, lines = self.program, self.program.lines
        turn = len(lines) + 1
        counted = dict.fromkeys(
            self.names.letter(Letter(self.names.key(one.result), "total"))
            for one in self.names.do.all
            if self.names.do.losses[one.result.name]
        )
        ones = f"{', '.join(list(counted)[:3])}{', ...' if len(counted) > 3 else ''}"
        once = all(count == 1 for count in self.names.do.losses.values())
        lines += [(), remark(f"Back. The losses are added up, so {ones} = 1." if once else "Back.")]
        lines += self._zeros()
        lines += _dicts(self._gradients_from_here())
        if self.names.do.times is not None:
            for name in (name for name in self.names.kinds if self.back.is_carried(name)):
                letter = Letter(self.names.key(Use(name, 0)), "total", NEXT)
                first = f"{self.names.called(Use(name, 0))}[{self.names.do.times.start - 1}]"
                zeros = f"np.zeros_like({first})" if self.names.kinds[name] else "0.0"
                lines.append(code(numpy_code(letter, self.names), f" = {zeros}"))
            last = "T" if self.names.do.times.start == 1 else str(self.names.do.times[-1])
            lines.append(code(f"for t in range({last}, {self.names.do.times.start - 1}, -1):"))
        program.turn = LinesOfStep(program, range(turn, len(lines)), (Mark(turn),))

    def _zeros(self) -> list[Code]:
        """What gradients are added to, those of one gate in a line."""
        lines: list[tuple[object, list[Code], list[Code]]] = []
        for name, value in sorted(self.back.sums.items(), key=lambda found: found[1].index):
            of, like = Name.of(name), Letter(self.names.key(Use(name)))
            total, shape = (numpy_code(node, self.names) for node in (like.changed(kind="total"), like))
            zero = code("np.zeros_like(", shape, ")") if self.names.core[value.index] else code("0.0")
            if not lines or lines[-1][0] != (of.layer, of.gate) or len(lines[-1][1]) == TOGETHER:
                lines.append(((of.layer, of.gate), [], []))
            lines[-1][1].append(total)
            lines[-1][2].append(zero)
        return [code(listed(totals), " = ", listed(zeros)) for _, totals, zeros in lines]

    def _kept_from_here(self) -> list[str]:
        """Identifiers of results that are kept by time step, and of which none was given."""
        given = {one.name.text for one in self.given if isinstance(one.data, dict)}
        uses = [
            use
            for one in self.names.do.all
            for use in (*self.names.shared[one.result.name].values(), one.result)
            if self.names.time(use) and self.names.is_kept(use) and not self._has_no_name(use)
        ]
        return [name for name in dict.fromkeys(map(self.names.called, uses)) if name not in given]

    def _has_no_name(self, use: Use) -> bool:
        """Whether a result is written inside a sum, or only counted in the loss."""
        counted = self.names.do.losses[use.name] and use.name not in self.names.needed
        return self.names.key(use) in self.ahead.inside or bool(
            counted and not self.names.readers[use.name]
        )

    def _gradients_from_here(self) -> list[str]:
        """Identifiers of gradients that are kept by time step."""
        if self.names.loop:
            uses = [
                u
                for u in self.back.arrived
                if u.name not in self.names.results and not self.back.in_next(u)
            ]
        else:
            uses = [
                use for use in (*self.back.arrived, *map(Use, self.back.made)) if self.names.time(use)
            ]
        return list(dict.fromkeys(self.names.called(use, before="d") for use in uses))

    def _found(self) -> None:
        """Where the gradients are when the program has run."""
        program = self.program
        for name in self.back.sums:
            program.gradients[name] = self.names.letter(Letter(self.names.key(Use(name)), "total"))
        if not self.names.loop:
            for name, d in self.back.gradient.items():
                program.gradients[name] = source(numpy_code(d, self.names))
            for use in self.back.arrived:
                program.gradients[use.name] = self.names.letter(Letter(self.names.key(use), "total"))
            return
        program.local = {
            name: source(numpy_code(d, self.names)) for name, d in self.back.gradient.items()
        }
        times = self.names.do.times
        assert times is not None
        left = []
        for use in self.back.arrived:
            before = f"{use.name}[{times.start - 1}]"
            if self.back.in_next(use):
                program.gradients[before] = self.names.called(use, before="d", after="_next")
                left.append(program.gradients[before])
                continue
            called = self.names.called(use, before="d")
            for t in times:
                at = t + (use.by or 0)
                program.gradients[f"{use.name}[{at}]"] = f"{called}[{at}]"
        if left:
            states = [
                f"{self.names.called(use)}[{times.start - 1}]"
                for use in self.back.arrived
                if self.back.in_next(use)
            ]
            one = "holds now is the gradient" if len(left) == 1 else "hold now are the gradients"
            program.lines.append(remark(f"What {' and '.join(left)} {one} of {' and '.join(states)}."))


def _with_remark(line: str) -> Code:
    """A line of text, its comment apart."""
    before, sign, after = line.partition("# ")
    return code(before, remark(after)) if sign else code(line)


def _dicts(names: list[str]) -> list[Code]:
    """Empty dicts, to be filled by time step."""
    some = [names[i : i + 8] for i in range(0, len(names), 8)]
    return [code(f"{', '.join(part)} = {', '.join(['{}'] * len(part))}") for part in some]
