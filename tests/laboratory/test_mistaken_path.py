"""A training loop with a mistake in it makes just this mistake: fast, and with every optimizer."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from teachrnn import AdaGrad, CharRNN, InOrder, Training
from teachrnn.cells import VanillaCell
from teachrnn.diagnosis.diagnose import catalogue_of
from teachrnn.diagnosis.every_mistaken import every_mistaken
from teachrnn.diagnosis.instance import Instance
from teachrnn.errors import DomainError, NameLookupError
from teachrnn.laboratory import MistakenPath, find_mistake, slipped_updates, well_known
from teachrnn.laboratory.mistaken_sweep import MistakenSweep
from teachrnn.laboratory.slipped_update import rule_of, update_by
from teachrnn.optimizers import OPTIMIZERS

TOKENS = np.random.default_rng(5).integers(0, 4, 60)


class Unfused(VanillaCell, register=False):
    """The vanilla cell without a fused layer: it trains by recording."""

    name = "unfused"
    fused = None


@pytest.mark.parametrize(
    ("cell", "each"), [("vanilla", 2), ("gru", 60), ("lstm", 60), ("gru-reset-after", 60)]
)
def test_its_gradients_are_those_of_the_catalogue(cell: str, each: int) -> None:
    catalogue = catalogue_of(cell)
    mistakes = [*catalogue.sweep, *catalogue.parameter][::each]
    instance = Instance.draw(cell, T=4, hidden=3, symbols=5, batch=2, seed=3)
    wrong = every_mistaken(mistakes, instance)
    path = MistakenPath(instance.model, [], instance.model.zero_gradients(), length=4, batch=2)
    path.start(instance.state)
    for row, mistake in enumerate(mistakes):
        path._sweep = MistakenSweep(path.sweep.refilled, [mistake])
        try:
            loss = path.gradient(instance.x, instance.y)
        except DomainError:  # the catalogue cannot make it either: its numbers are the right ones
            assert all(np.array_equal(wrong[n][row], d.ravel()) for n, d in instance.gradients.items())
            continue
        assert loss == pytest.approx(instance.trace.total_loss)
        for name, d in path.gradients.items():
            size = max(instance.units[name], np.abs(wrong[name][row]).max())
            assert np.abs(d.ravel() - wrong[name][row]).max() < 1e-12 * size, (mistake.title, name)


def test_the_classical_ones_change_the_parameters_that_the_course_says() -> None:
    instance = Instance.draw("vanilla", T=10, hidden=5, symbols=8, scale=0.5)
    known = well_known("vanilla")
    named = [planted for planted in known.values() if planted.backward]
    found = every_mistaken([planted.backward[0] for planted in named], instance)
    right = instance.gradients
    wrong = {
        planted.name: " ".join(n for n in "UWbVc" if not np.allclose(found[n][row], right[n].ravel()))
        for row, planted in enumerate(named)
    }
    recurrent = ("no carry", "no transpose", "dh for da", "no slope", "slope of t - 1", "squashed twice")
    assert {wrong[name] for name in recurrent} == {"U W b"}
    assert {wrong[name] for name in ("dW of h[t]", "dW overwritten", "h0 left out")} == {"W"}
    assert wrong["divided by T"] == "U W b V c"
    assert wrong["clipped early"] == ""  # no entry is beyond 5 here


def training(cell: str | type[VanillaCell] = "vanilla", *, dtype: str = "float64") -> Training:
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=4, symbols=4, cell=cell, scale=0.3, dtype=dtype, rng=rng)
    return Training(model, InOrder(TOKENS, length=7), AdaGrad(eta=0.1))


def losses(loop: Training, count: int = 12) -> list[float]:
    return [next(loop).loss for _ in range(count)]


def test_a_right_sweep_trains_as_the_model_does() -> None:
    ours, theirs = training(), training()
    ours.compute_with(
        lambda model, *, length, batch, gradients: MistakenPath(
            model, [], gradients, length=length, batch=batch
        )
    )
    np.testing.assert_allclose(losses(ours), losses(theirs), rtol=1e-9)


@pytest.mark.parametrize("name", ["no carry", "targets not shifted", "state not carried"])
def test_a_planted_mistake_shows_in_training_and_survives_a_copy_and_a_restart(name: str) -> None:
    right, wrong = training(), training()
    find_mistake(name, "vanilla").plant(wrong)
    assert losses(right) != losses(wrong)
    again = training()
    again.restore(wrong.state())
    find_mistake(name, "vanilla").plant(again)
    assert losses(deepcopy(wrong)) == losses(wrong) == losses(again)


def test_a_cell_that_is_not_fused_makes_the_same_mistake() -> None:
    fused, unfused = training(), training(Unfused)
    for loop in (fused, unfused):
        find_mistake("no carry", "vanilla").plant(loop)
    np.testing.assert_allclose(losses(fused, 5), losses(unfused, 5), rtol=1e-9)


def test_single_precision_stays_single() -> None:
    loop = training(dtype="float32")
    find_mistake("no slope", "vanilla").plant(loop)
    next(loop)
    assert loop.gradients["W"].dtype == np.float32


def test_a_mistake_that_the_network_has_no_place_for_is_refused() -> None:
    rng = np.random.default_rng(0)
    deep = CharRNN(hidden=3, symbols=4, layers=2, rng=rng)
    with pytest.raises(DomainError, match="one layer"):
        MistakenPath(deep, find_mistake("no carry", "vanilla").backward, deep.zero_gradients(), length=3)


def test_a_mistake_is_found_by_words_and_not_guessed_where_several_fit() -> None:
    assert find_mistake("dV has the wrong sign", "vanilla").described.name == "wrong sign"
    with pytest.raises(NameLookupError, match=r"\d+ mistakes of the vanilla cell have 'wrong sign'"):
        find_mistake("wrong sign", "vanilla")
    with pytest.raises(NameLookupError, match="did you mean 'no carry'"):
        find_mistake("no cary", "vanilla")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_by_its_lines_is_the_optimizer_and_with_a_slip_it_is_not(name: str) -> None:
    def loop() -> Training:
        model = CharRNN(hidden=4, symbols=4, scale=0.3, rng=np.random.default_rng(0))
        return Training(model, InOrder(TOKENS, length=7), OPTIMIZERS[name](eta=0.05))

    right, by_lines, wrong = loop(), loop(), loop()
    rule = rule_of(right.optimizer)
    assert rule is not None
    update_by(by_lines, lines=rule.lines)
    next(wrong)  # planted later, it keeps the memory that the optimizer has
    slips = slipped_updates(wrong.optimizer)
    slips["θ[t] is the old one: nothing is changed"].plant(wrong)
    before = wrong.model.parameters.flat.copy()
    np.testing.assert_allclose(losses(right, 6), losses(by_lines, 6), rtol=1e-9)
    assert losses(deepcopy(wrong), 3) == losses(wrong, 3)
    assert (wrong.model.parameters.flat == before).all()
    assert all(planted.place == "optimizer" for planted in slips.values())
