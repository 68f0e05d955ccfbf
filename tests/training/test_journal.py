"""A journal records what happened, however long the training was and wherever it stopped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teachrnn.errors import FileFormatError
from teachrnn.training import Journal, TrainStep


def step(n, loss=3.0, norm=2.0):
    return TrainStep(n, 1, 5, loss, 10.0 + n, norm, min(norm, 0.5), 0.1, 0.25, None)


@given(st.integers(1, 700))
def test_blocks_of_a_run_hold_every_update_once_however_long_it_is(updates):
    journal = Journal()
    rng = np.random.default_rng(updates)
    losses, norms = rng.random(updates), rng.random(updates)
    for n, (loss, norm) in enumerate(zip(losses.tolist(), norms.tolist(), strict=True), start=1):
        journal.note(step(n, loss, norm))
    blocks, end = journal.blocks, 0
    assert len(blocks) <= 100
    for block in blocks:
        here = slice(end, block.last)
        assert block.updates == block.last - end
        assert block.loss == pytest.approx(losses[here].sum())
        assert block.norm == pytest.approx(norms[here].sum())
        assert block.largest == norms[here].max()
        assert block.clipped == (norms[here] > 0.5).sum()
        assert block.smooth_loss == 10.0 + block.last
        end = block.last
    assert end == updates
    assert (journal.iteration, journal.updates, journal.seconds) == (updates, updates, updates / 4)


def noted(updates):
    journal = Journal()
    for n in range(1, updates + 1):
        journal.note(step(n))
    return journal


@given(st.integers(1, 400), st.integers(0, 400))
def test_journal_of_a_run_in_two_parts_is_the_same(tmp_path_factory, first, more):
    path = tmp_path_factory.getbasetemp() / "journal.json"
    noted(first).save(path)
    journal = Journal.load(path, iteration=first)
    for n in range(first + 1, first + more + 1):
        journal.note(step(n))
    assert journal == noted(first + more)


def test_journal_of_a_run_that_died_resumes_from_its_last_complete_block(tmp_path):
    noted(230).save(tmp_path / "journal.json")
    back = Journal.load(tmp_path / "journal.json", iteration=150)
    assert (back.iteration, back.size, back.blocks[-1].last) == (150, 4, 148)
    assert Journal.load(tmp_path / "nothing.json", iteration=50) == Journal(iteration=50)


@pytest.mark.parametrize("damage", ["{", "[]", '{"total": 1}', '{"blocks": [[1, 2]]}'])
def test_journal_that_is_damaged_is_named(damage, tmp_path):
    (tmp_path / "journal.json").write_text(damage)
    with pytest.raises(FileFormatError, match=r"journal\.json is damaged \(.+\): delete it"):
        Journal.load(tmp_path / "journal.json", iteration=5)
