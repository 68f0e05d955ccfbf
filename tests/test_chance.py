"""Every use of chance in a run has its own random stream, which is reproducible and can be saved."""

from __future__ import annotations

import json

import numpy as np
import pytest

from teachrnn.chance import Stream, generator_state, restore_generator
from teachrnn.errors import FileFormatError


def test_streams_have_the_same_numbers_as_when_old_runs_were_made():
    """New streams must not take any of these numbers."""
    made_with = {"PARAMETERS": 0, "READING": 1, "SAMPLES": 2, "CHECK": 3, "PASSAGE": 4}
    assert made_with.items() <= {stream.name: stream.value for stream in Stream}.items()
    assert Stream.SAMPLES.of(7, 40).random() == np.random.default_rng([7, 2, 40]).random()


def test_the_streams_of_a_seed_are_all_different():
    first = {stream.of(seed).random() for stream in Stream for seed in range(5)}
    assert len(first) == 5 * len(Stream)


@pytest.mark.parametrize("kind", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_generator_of_any_kind_resumes_from_its_state(kind):
    rng, again = (np.random.Generator(getattr(np.random, kind)(seed)) for seed in (1, 2))
    rng.normal(size=3)
    restore_generator(again, json.loads(json.dumps(generator_state(rng))))
    np.testing.assert_array_equal(again.normal(size=5), rng.normal(size=5))


@pytest.mark.parametrize("state", [None, {}, {"bit_generator": "PCG64"}, {"bit_generator": "MT19937"}])
def test_invalid_state_is_refused(state):
    with pytest.raises(FileFormatError, match="the saved state of the random numbers is invalid"):
        restore_generator(np.random.default_rng(0), state)
