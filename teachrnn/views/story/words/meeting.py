"""The wording of steps at which the last of several gradients arrives at a value, and they add up."""

from __future__ import annotations

import numpy as np

from teachrnn.op import Op, Value
from teachrnn.views.story.said import Said
from teachrnn.views.story.scene import ReturnScene, counted, listed, norm, number

MOST_NAMED = 5
"""If there are more uses, only their number is given."""


def meeting(at: ReturnScene) -> Said | None:
    """The wording of a step that completes the gradient of a result, if it has several parts.

    Parameters
    ----------
    at : ReturnScene
        The application.

    Returns
    -------
    Said or None
        None where no gradients meet.
    """
    arrived = [p for p in at.parts if p.value.role == "result" and p.count == p.of > 1]
    if not arrived:
        return None
    value, many = arrived[-1].value, arrived[-1].of
    return Said.of(
        f"{counted(many).capitalize()} gradients meet at {at.name(value)}",
        f"{at.name(value)} was used {'twice' if many == 2 else f'{many} times'}: {_uses(at, value)}. "
        f"{'Both ways lead' if many == 2 else 'Every way leads'} to the loss, so the gradients add.",
        _compared(at, value),
        at.parameters(),
    )


def _uses(at: ReturnScene, value: Value) -> str:
    """By what a value was used: "for o₃ and, one step later, for a₄"."""
    if value.index in at.found.seeds:
        return "as a loss, and further"
    users = [user for user, _ in reversed(at.found.uses[value.index])]
    later = [user for user in users if _is_later(user, value)]
    now = [user for user in users if not _is_later(user, value)]
    many = len(users) > MOST_NAMED
    if len(set(users)) == 1:
        return f"each time for {_made(at, users[0])}"

    def named(some: list[Op], t: int | None) -> str:
        return _times(some, t) if many else f"for {listed([_made(at, user) for user in some])}"

    if not later:
        return named(now, value.t)
    if not now:
        return named(later, later[0].t)
    if many:
        return f"{named(now, value.t)} and {named(later, later[0].t)}"
    following = {user.t for user in later} == {(value.t or 0) + 1}
    when = "one step later" if following else "later"
    return f"{named(now, value.t)} and, {when}, {named(later, None)}"


def _times(users: list[Op], t: int | None) -> str:
    times = "once" if len(users) == 1 else f"{counted(len(users))} times"
    return times if t is None else f"{times} at step {t}"


def _made(at: ReturnScene, user: Op) -> str:
    """What was made of a value: the squashed value, or the state, that its use is a part of."""
    for after in (user, *at.structure.users[user.index]):
        squashed = at.structure.aim(after)
        if squashed is not None and not at.structure.is_shown(squashed):
            return at.name(squashed)
        if at.structure.is_state(after) and after.t == user.t:
            return at.name(after)
    return at.name(user)


def _is_later(user: Op, value: Value) -> bool:
    return user.t is not None and value.t is not None and user.t > value.t


def _compared(at: ReturnScene, value: Value) -> str:
    """Whether more comes from the future or from this step."""
    terms = at.found.terms(value)
    future = [term.gradient for term in terms if _is_later(term.user, value)]
    here = [term.gradient for term in terms if not _is_later(term.user, value)]
    if not future or not here:
        return ""
    with np.errstate(all="ignore"):
        sizes = norm(sum(future[1:], start=future[0])), norm(sum(here[1:], start=here[0]))
    texts = [number(size) for size in sizes]
    if not np.isfinite(sizes).all() or texts[0] == texts[1]:
        return ""
    where = "the future" if sizes[0] > sizes[1] else f"step {value.t}"
    return (
        f"The larger share comes from {where}: norm {number(max(sizes))} against {number(min(sizes))}."
    )
