"""Writes the program of a trace: a loop forward, a loop back.

What a student would not write is not written: a result that is used once, as a summand, stands inside
the sum; a gradient that is passed on as it is has no name of its own; a value is kept for the way back
only if the way back looks at it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import reduce

from teachrnn.formulas import tree
from teachrnn.formulas.name import Name
from teachrnn.formulas.numpy_code import (
    HELPERS,
    Code,
    Owned,
    Token,
    code,
    helpers_in,
    listed,
    numpy_code,
    remark,
    source,
)
from teachrnn.formulas.numpy_rule import OwnLetters, numpy_rule
from teachrnn.formulas.numpy_statement import accumulated, assigned
from teachrnn.formulas.tree import Formula, Letter
from teachrnn.op import OPS, Op, Value
from teachrnn.trace import Trace
from teachrnn.views.program.given import GivenArray, given_lines
from teachrnn.views.program.identifiers import Identifiers
from teachrnn.views.program.instruction import Instruction, Instructions, Use
from teachrnn.views.program.line_block import LineBlock
from teachrnn.views.program.numpy_program import LinesOfStep, Mark, NumpyProgram

LOSS, NEXT = "the loss so far", "what comes from the next time step"
"""Two further names that a letter can have in a program; ``Letter.user`` says which."""
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
    return None if axes is None or not trace.ops else _Writing(trace, axes).program


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


class _Writing:
    """The program of one trace, while it is written. It is the `Spelling` of its formulas."""

    def __init__(self, trace: Trace, axes: dict[int, int]) -> None:
        self.trace = trace
        self.program = NumpyProgram()
        self.do = Instructions.of(trace)
        self.loop = self.program.loop = self.do.times is not None
        self.identifiers = Identifiers()
        for value in trace.values:
            self._called(Use(self.name(value), 0 if self.loop and value.t is not None else None))
        self.core = axes
        self.kinds = {self.name(v): axes[v.index] for v in trace.values if v.index in axes}
        self.results = {one.result.name: one for one in self.do.all}
        self.readers: dict[str, list[tuple[Instruction, Use]]] = defaultdict(list)
        for one in self.do.all:
            for use in one.operands:
                self.readers[use.name].append((one, use))
        self.live = self._live() if trace.losses else set()
        self.shared = {one.result.name: self._shared(one) for one in self.do.all}
        self.going_back = True
        self.needed: set[str] = set()
        self.gradient: dict[str, Formula] = {}
        self.arrived: dict[Use, list[Owned]] = defaultdict(list)
        self.sums: dict[str, Value] = {}
        self.passed: dict[str, list[str]] = defaultdict(list)
        self.made: dict[str, int] = {}
        back = LineBlock(INDENT if self.loop else "")
        if trace.losses:
            self._backward(back)
        self.going_back = False
        self.inside: dict[str, Owned] = {}
        ahead = LineBlock(INDENT if self.loop else "")
        self._forward(ahead)
        self._put_together(ahead, back)

    # Names -----------------------------------------------------------------------------------

    def name(self, value: Value) -> str:
        """What a value is known by here: in a loop its name without the time step."""
        return _timeless(value.name) if self.loop else value.name

    def key(self, use: Use) -> str:
        """The name of a letter that stands for a value."""
        key = f"{use.name}\0{use.by}"
        self.program.uses[key] = use
        return key

    def _called(self, use: Use, *, before: str = "", after: str = "") -> str:
        timed = use.by is not None if self.loop else self._t(use.name) is not None
        return self.identifiers.of(_timeless(use.name), timed=timed, before=before, after=after)

    def axes(self, node: Letter) -> int:
        """How many axes a letter has."""
        return self.kinds[self.program.uses[node.name].name]

    def letter(self, node: Letter) -> str:
        """What a letter is called."""
        use = self.program.uses[node.name]
        if node.user == LOSS:
            return "loss"
        if node.user == NEXT:
            return self._called(use, before="d", after="_next")
        if node.kind == "total":
            called = self._called(use, before="d")
            return called if self.loop and use.name in self.results else called + self._time(use)
        if self.going_back:
            self.needed.add(use.name)
        called = self._called(use)
        return called + self._time(use) if self._is_kept(use) else called

    def _time(self, use: Use) -> str:
        if self.loop:
            return "" if use.by is None else f"[t{use.by:+d}]" if use.by else "[t]"
        t = self._t(use.name)
        return "" if t is None else f"[{t}]"

    def _t(self, name: str) -> int | None:
        return self.trace[name].t if name in self.trace else Name.of(name).t

    def _is_kept(self, use: Use) -> bool:
        """Whether a value is kept under its time step, for later."""
        name = use.name
        if not self.loop or name not in self.results or name in self.needed:
            return True
        read = self.readers[name]
        return any(other.by for _, other in read) or not (read or self.do.losses[name])

    # Formulas --------------------------------------------------------------------------------

    def _formula(self, one: Instruction, target: str | None) -> Formula:
        """What an instruction computes, or the gradient for one input, in the letters of the program."""
        op = type(one.op)
        names = {op.output: self.key(one.result)}
        for own, value, use in zip(op.inputs, one.op.operands, one.operands, strict=True):
            number = value.role == "constant" and value.data.ndim == 0
            names[own] = repr(value.data.item()) if number else self.key(use)
        return numpy_rule(op, target).renamed(names)

    def _said(self, one: Instruction, target: str | None) -> Formula:
        """The same, with what forward and back have in common under the name that it is kept by."""
        shared = self.shared[one.result.name]

        def put(node: Formula) -> Formula:
            return Letter(self.key(shared[node])) if node in shared else node.rebuilt(put)

        return put(self._formula(one, target))

    def _shared(self, one: Instruction) -> dict[Formula, Use]:
        """What forward and back both compute, such as softmax(o), and what to keep it as."""
        if one.result.name not in self.live:
            return {}
        ahead = _calls(self._formula(one, None))
        back = {
            call for _, own, _ in type(one.op).differentiable for call in _calls(self._formula(one, own))
        }
        found: dict[Formula, Use] = {}
        for call in (call for call in ahead if call in back):
            known = next((op for op in OPS.values() if op.__name__.lower() == call.operation), None)
            letter = call.operation if known is None else known.output
            name = self._free_name(letter, one.result.name)
            found[call] = Use(name, one.result.by)
            self.kinds[name] = self.axes(call.argument) if isinstance(call.argument, Letter) else 1
            self._called(found[call])
        return found

    def _free_name(self, letter: str, beside: str) -> str:
        name = Name.of(beside)
        count = 1
        while True:
            numbered = letter if count == 1 else f"{letter}{count}"
            found = str(Name(numbered, name.layer, name.gate, name.t))
            if found not in self.kinds:
                return found
            count += 1

    def _live(self) -> set[str]:
        """The results that the loss depends on."""
        live = {name for name in self.results if self.do.losses[name]}
        before = -1
        while before != len(live):  # in a loop, what comes later reaches what came earlier
            before = len(live)
            for one in reversed(self.do.all):
                if one.result.name in live:
                    at = [one.operands[i].name for i, _, _ in type(one.op).differentiable]
                    live.update(name for name in at if name in self.results)
        return live

    # Back ------------------------------------------------------------------------------------

    def _backward(self, block: LineBlock) -> None:
        for one in reversed(self.do.all):
            if one.result.name in self.live:
                self._arrives(block, one)
                self._goes_on(block, one)
        for use in sorted(self.arrived, key=lambda use: use.by == -1):
            if use.name not in self.results or use.by == -1:
                self._leaves(block, use)

    def _arrives(self, block: LineBlock, one: Instruction) -> None:
        """The gradient of a result: the sum of what its uses have sent."""
        use, name = one.result, one.result.name
        parts = self.arrived.pop(use, [])
        total = Letter(self.key(use), "total")
        summands: list[Formula] = [*parts]
        if self.do.losses[name]:
            count = self.do.losses[name]
            ones = tree.Filled(1) if self.kinds[name] else tree.Number(1)
            summands.insert(0, ones if count == 1 else tree.Product(tree.Number(count), ones))
        if self._is_carried(name):
            summands.append(Letter(self.key(use), "total", NEXT))
        if len(summands) == 1:
            only = parts[0].formula if parts else summands[0]
            if isinstance(only, Letter | tree.Number) and getattr(only, "user", "") != NEXT:
                self.gradient[name] = only
                for part in parts:
                    self.passed[part.owner].insert(0, self.letter(total))
                return
        self.gradient[name] = total
        last = frozenset(part.owner for part in parts[-1:])
        like = Letter(self.key(use))
        block.add(assigned(total, reduce(tree.Plus, summands), self, like), t=one.op.t, whole=last)
        self.made[name] = len(block.lines) - 1

    def _goes_on(self, block: LineBlock, one: Instruction) -> None:
        """What an instruction sends to its operands."""
        own = self.key(one.result)

        def arriving(node: Formula) -> Formula:
            if node == Letter(own, "total"):
                return self.gradient[one.result.name]
            return node.rebuilt(arriving)

        for position, target, _ in type(one.op).differentiable:
            value, use = one.op.operands[position], one.operands[position]
            if value.role == "constant":
                continue
            formula = _without_ones(arriving(self._said(one, target)))
            owned = Owned(formula, one.result.name)
            timed = use.by is not None if self.loop else value.role != "parameter"
            if timed or use.name in self.results:
                self.arrived[use].append(owned)
                continue
            self.sums.setdefault(use.name, value)
            total = Letter(self.key(use), "total")
            added = accumulated(total, owned, self, Letter(self.key(use)))
            block.add(added, t=one.op.t, whole=frozenset([one.result.name]))

    def _leaves(self, block: LineBlock, use: Use) -> None:
        """The gradient of what was given at a time step, or what goes to the time step before."""
        total = Letter(self.key(use), "total")
        summands: list[Formula] = [*self.arrived[use]]
        if use.by == -1 and self._is_carried(use.name):
            total = total.changed(user=NEXT)
        elif self._is_carried(use.name):
            summands.append(total.changed(user=NEXT))
        like = Letter(self.key(use))
        t = self.results[self.arrived[use][0].owner].op.t
        alone = frozenset(part.owner for part in self.arrived[use] if len(summands) == 1)
        block.add(assigned(total, reduce(tree.Plus, summands), self, like), t=t, whole=alone)

    def _is_carried(self, name: str) -> bool:
        """Whether a gradient comes from the next time step."""
        if not self.loop:
            return False
        now = name in self.results or any(use.by == 0 for _, use in self.readers[name])
        return now and any(
            use.by == -1 and one.result.name in self.live and self._sends(one, use)
            for one, use in self.readers[name]
        )

    def _sends(self, one: Instruction, use: Use) -> bool:
        return any(
            one.operands[i] == use and one.op.operands[i].role != "constant"
            for i, _, _ in type(one.op).differentiable
        )

    # Forward ---------------------------------------------------------------------------------

    def _forward(self, block: LineBlock) -> None:
        for one in self.do.all:
            name = one.result.name
            for call, use in self.shared[name].items():
                kept = Letter(self.key(use))
                statements = assigned(kept, Owned(self._with_inside(call), name), self, kept)
                block.add(statements, t=one.op.t, whole=frozenset([name]))
            formula = Owned(self._with_inside(self._said(one, None)), name)
            if self._is_inside(one):
                self.inside[self.key(one.result)] = formula
            else:
                block.add(self._set(one, formula), t=one.op.t, whole=frozenset([name]))

    def _with_inside(self, formula: Formula) -> Formula:
        """A formula with those results in it that have no line of their own."""
        if isinstance(formula, Letter) and formula.name in self.inside:
            return self.inside[formula.name]
        return formula.rebuilt(self._with_inside)

    def _is_inside(self, one: Instruction) -> bool:
        """Whether a result is written inside the only sum that it is used in."""
        name = one.result.name
        if name in self.needed or self.do.losses[name] or len(self.readers[name]) != 1:
            return False
        [(reader, use)] = self.readers[name]
        if use.by or reader.op.t != one.op.t:
            return False
        letter = Letter(self.key(use))
        formula = self._said(reader, None)
        return sum(node == letter for node in tree.walk(formula)) == 1 and letter in _summands(formula)

    def _set(self, one: Instruction, formula: Owned) -> list[Code]:
        """The statements that set a result, and count it in the loss."""
        name, letter = one.result.name, Letter(self.key(one.result))
        count = self.do.losses[name]
        if not count:
            return assigned(letter, formula, self, letter)
        loss = letter.changed(user=LOSS)
        statements = []
        counted: Formula = formula
        if name in self.needed or self.readers[name]:
            statements = assigned(letter, formula, self, letter)
            counted = Owned(letter, name)
        if self.kinds[name]:
            counted = Owned(tree.Call("np.sum", (counted,)), name)
        return statements + accumulated(loss, counted, self, loss) * count

    # Together --------------------------------------------------------------------------------

    def _put_together(self, ahead: LineBlock, back: LineBlock) -> None:
        program, lines = self.program, self.program.lines
        self._head()
        first = len(lines)
        lines += ahead.lines
        for one in self.do.all:
            name = one.result.name
            around = self._around(one, ahead, first)
            program.forward[name] = LinesOfStep(program, around, ahead.marked(name, first))
        if self.trace.losses:
            self._turn()
            first = len(lines)
            lines += back.lines
            for one in self.do.all:
                if one.result.name in self.live:
                    program.backward[one.result.name] = self._passing(one, back, first)
            self._found()

    def _around(self, one: Instruction, block: LineBlock, first: int) -> range:
        """The lines of the same time step."""
        times = range(len(block.lines)) if self.loop else block.times.get(one.op.t, range(0))
        return range(first + times.start, first + times.stop)

    def _passing(self, one: Instruction, block: LineBlock, first: int) -> LinesOfStep:
        """The lines of a step back, with a note where a gradient is passed on as it is."""
        name, around = one.result.name, self._around(one, block, first)
        marks = block.marked(name, first)
        if name not in self.passed:
            return LinesOfStep(self.program, around, marks)
        arrived = self.gradient[name]
        note = " = ".join([*self.passed[name], source(numpy_code(arrived, self))])
        where = None
        if isinstance(arrived, Letter):
            where = first + self.made[self.program.uses[arrived.name].name]
        if not marks and where is not None:
            marks = (Mark(where),)
        return LinesOfStep(self.program, around, marks, note, where)

    def _head(self) -> None:
        """The first lines: what the program needs, what it is given, where it keeps its results."""
        program, lines = self.program, self.program.lines
        top = ["import numpy as np", "", *self._helpers()]
        if self.do.times is not None and self.do.times.start == 1:
            top += [f"T = {self.do.times[-1]}  # time steps"]
        shown, copied = given_lines(self._given())
        lines += [*map(code, top), *shown]
        program.given = [*top, *copied]
        program.shown = len(lines)
        lines += [(), remark("Forward."), *_dicts(self._kept_from_here())]
        if self.trace.losses:
            lines.append(code("loss = 0"))
        if self.do.times is not None:
            last = "T" if self.do.times.start == 1 else str(self.do.times[-1])
            lines.append(code(f"for t in range({self.do.times.start}, {last} + 1):"))

    def _turn(self) -> None:
        """Between forward and back: where the gradients are collected."""
        program, lines = self.program, self.program.lines
        turn = len(lines) + 1
        counted = dict.fromkeys(
            self.letter(Letter(self.key(one.result), "total"))
            for one in self.do.all
            if self.do.losses[one.result.name]
        )
        ones = f"{', '.join(list(counted)[:3])}{', ...' if len(counted) > 3 else ''}"
        once = all(count == 1 for count in self.do.losses.values())
        lines += [(), remark(f"Back. Every loss counts once: {ones} = 1." if once else "Back.")]
        lines += self._zeros()
        lines += _dicts(self._gradients_from_here())
        if self.do.times is not None:
            for name in self._carried():
                letter = Letter(self.key(Use(name, 0)), "total", NEXT)
                first = f"{self._called(Use(name, 0))}[{self.do.times.start - 1}]"
                zeros = f"np.zeros_like({first})" if self.kinds[name] else "0.0"
                lines.append(code(numpy_code(letter, self), f" = {zeros}"))
            last = "T" if self.do.times.start == 1 else str(self.do.times[-1])
            lines.append(code(f"for t in range({last}, {self.do.times.start - 1}, -1):"))
        program.turn = LinesOfStep(program, range(turn, len(lines)), (Mark(turn),))

    def _zeros(self) -> list[Code]:
        """What gradients are added to, those of one gate in a line."""
        lines: list[tuple[object, list[Code], list[Code]]] = []
        for name, value in sorted(self.sums.items(), key=lambda found: found[1].index):
            of, like = Name.of(name), Letter(self.key(Use(name)))
            total, shape = (numpy_code(node, self) for node in (like.changed(kind="total"), like))
            zero = code("np.zeros_like(", shape, ")") if self.core[value.index] else code("0.0")
            if not lines or lines[-1][0] != (of.layer, of.gate) or len(lines[-1][1]) == TOGETHER:
                lines.append(((of.layer, of.gate), [], []))
            lines[-1][1].append(total)
            lines[-1][2].append(zero)
        return [code(listed(totals), " = ", listed(zeros)) for _, totals, zeros in lines]

    def _helpers(self) -> list[str]:
        """The functions that the formulas use."""
        formulas = [
            self._formula(one, target)
            for one in self.do.all
            for target in (None, *(own for _, own, _ in type(one.op).differentiable))
        ]
        lines: list[str] = []
        for name in dict.fromkeys(name for formula in formulas for name in helpers_in(formula)):
            lines += [*_helper(name), ""]
        nodes = [node for formula in formulas for node in tree.walk(formula)]
        methods = {node.name.split(".")[0] for node in nodes if isinstance(node, tree.Call)}
        for op in dict.fromkeys(type(one.op) for one in self.do.all):
            if op.__name__ in methods:
                lines += [f"from {op.__module__} import {op.__name__}", ""]
        return lines

    def _given(self) -> list[GivenArray]:
        """What the instructions use and do not make."""
        found: dict[tuple[str, bool], GivenArray] = {}
        for value in self.trace.values:
            if isinstance(value, Op) or value.index not in self.core:
                continue
            if value.role == "constant" and value.data.ndim == 0:
                continue
            name, timed = _timeless(value.name), value.t is not None
            array = value.data.reshape(value.shape[value.data.ndim - self.core[value.index] :])
            if value.t is None:
                found[name, timed] = GivenArray(self._token(value), name, array)
            else:
                steps = found.setdefault((name, timed), GivenArray(self._token(value), name, {})).data
                assert isinstance(steps, dict)
                steps[value.t] = array
        return list(found.values())

    def _token(self, value: Value) -> Token:
        """The name of what was given, without its time step."""
        use = Use(self.name(value), 0 if self.loop and value.t is not None else None)
        return Token(self._called(use), Letter(self.key(use)))

    def _kept_from_here(self) -> list[str]:
        """Identifiers of results that are kept by time step, and of which none was given."""
        given = {one.name.text for one in self._given() if isinstance(one.data, dict)}
        uses = [
            use
            for one in self.do.all
            for use in (*self.shared[one.result.name].values(), one.result)
            if self._time(use) and self._is_kept(use) and not self._has_no_name(use)
        ]
        return [name for name in dict.fromkeys(map(self._called, uses)) if name not in given]

    def _has_no_name(self, use: Use) -> bool:
        """Whether a result is written inside a sum, or only counted in the loss."""
        counted = self.do.losses[use.name] and use.name not in self.needed
        return self.key(use) in self.inside or bool(counted and not self.readers[use.name])

    def _gradients_from_here(self) -> list[str]:
        """Identifiers of gradients that are kept by time step."""
        if self.loop:
            uses = [u for u in self.arrived if u.name not in self.results and not self._in_next(u)]
        else:
            uses = [use for use in (*self.arrived, *map(Use, self.made)) if self._time(use)]
        return list(dict.fromkeys(self._called(use, before="d") for use in uses))

    def _in_next(self, use: Use) -> bool:
        return use.by == -1 and self._is_carried(use.name)

    def _carried(self) -> list[str]:
        return [name for name in self.kinds if self._is_carried(name)]

    def _found(self) -> None:
        """Where the gradients are when the program has run."""
        program = self.program
        for name in self.sums:
            program.gradients[name] = self.letter(Letter(self.key(Use(name)), "total"))
        if not self.loop:
            for name, d in self.gradient.items():
                program.gradients[name] = source(numpy_code(d, self))
            for use in self.arrived:
                program.gradients[use.name] = self.letter(Letter(self.key(use), "total"))
            return
        program.local = {name: source(numpy_code(d, self)) for name, d in self.gradient.items()}
        times = self.do.times
        assert times is not None
        left = []
        for use in self.arrived:
            before = f"{use.name}[{times.start - 1}]"
            if self._in_next(use):
                program.gradients[before] = self._called(use, before="d", after="_next")
                left.append(program.gradients[before])
                continue
            called = self._called(use, before="d")
            for t in times:
                at = t + (use.by or 0)
                program.gradients[f"{use.name}[{at}]"] = f"{called}[{at}]"
        if left:
            states = [
                f"{self._called(use)}[{times.start - 1}]" for use in self.arrived if self._in_next(use)
            ]
            one = "holds now is the gradient" if len(left) == 1 else "hold now are the gradients"
            program.lines.append(remark(f"What {' and '.join(left)} {one} of {' and '.join(states)}."))


def _dicts(names: list[str]) -> list[Code]:
    """Empty dicts, to be filled by time step."""
    some = [names[i : i + 8] for i in range(0, len(names), 8)]
    return [code(f"{', '.join(part)} = {', '.join(['{}'] * len(part))}") for part in some]


def _timeless(name: str) -> str:
    return str(Name.of(name).at(None))


def _calls(formula: Formula) -> list[tree.Applied]:
    return [node for node in tree.walk(formula) if isinstance(node, tree.Applied)]


def _summands(formula: Formula) -> list[Formula]:
    """What a formula adds up."""
    if isinstance(formula, tree.Plus):
        return [*_summands(formula.left), *_summands(formula.right)]
    return [formula]


def _without_ones(formula: Formula) -> Formula:
    """The formula without factors of 1."""
    formula = formula.rebuilt(_without_ones)
    one = tree.Number(1)
    if isinstance(formula, tree.Product | tree.Elementwise):
        if formula.left == one:
            return formula.right
        if formula.right == one:
            return formula.left
    if isinstance(formula, tree.Sum) and formula.index is None:
        return formula.body
    return formula


def _helper(name: str) -> tuple[str, ...]:
    """The definition of a function that formulas use: of another operation, from its formula."""
    if name in HELPERS:
        return HELPERS[name].lines
    op = next(op for op in OPS.values() if op.__name__.lower() == name)
    [own] = op.inputs
    return (
        f"def {name}({own}):",
        f"    return {source(numpy_code(numpy_rule(op, None), OwnLetters(op)))}",
    )
