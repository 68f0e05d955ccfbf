"""Trials that train nothing, in a module that is quick to import: every worker of a test does so."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from teachrnn.sweep import TrialResult


def by_eta(trial):
    """A result without training: the loss is the distance of eta from 0.1, in decades."""
    loss = abs(np.log10(trial.values["eta"]) + 1)
    return TrialResult(trial.stage, trial.number, trial.values, loss=loss, worker=str(os.getpid()))


def starts(trial, folder):
    """Note in the folder that this process begins a trial; return how often it has been begun."""
    (folder / f"{trial.stage}-{trial.number}-{os.getpid()}").touch()
    return sum(noted[:2] == trial.key for noted in noted_in(folder))


def noted_in(folder):
    """Stage, number and process of every start."""
    return [tuple(map(int, mark.name.split("-"))) for mark in folder.iterdir()]


def until(reached):
    """Wait until a condition holds that another process brings about."""
    while not reached():
        time.sleep(0.005)


def dies(trial, *, number, folder, beside=None):
    """Like `by_eta`, but the process of one trial dies, the first time while another one is running."""
    first = starts(trial, folder) == 1
    if trial.number == number:
        until(lambda: beside is None or any(noted[1] == beside for noted in noted_in(folder)))
        os._exit(1)
    if trial.number == beside and first:
        threading.Event().wait()  # until it is given up
    return by_eta(trial)


def dies_once(trial, *, folder):
    """The process of the second trial dies at its first start."""
    mark = Path(folder) / "died"
    if trial.number == 2 and not mark.exists():
        mark.touch()
        os._exit(1)
    return by_eta(trial)


def meets(trial, *, folder, workers):
    """Ends when that many trials have begun; returns when it began and ended."""
    began = time.monotonic()
    starts(trial, folder)
    until(lambda: len(noted_in(folder)) >= workers)
    return replace(by_eta(trial), worker=json.dumps([began, time.monotonic()]))


def waits_to_be_killed(trial, *, key, folder):
    """Like `by_eta`, but the first process that begins one of the trials waits there."""
    if starts(trial, folder) == 1 and trial.key == key:
        threading.Event().wait()
    return by_eta(trial)
