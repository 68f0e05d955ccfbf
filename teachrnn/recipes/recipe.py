"""The contract of a recipe: everything that determines a run, except the text and the seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, Self

from teachrnn.array import Array
from teachrnn.cells import Cell
from teachrnn.chance import Stream
from teachrnn.data import Batching, Vocabulary
from teachrnn.errors import NameLookupError
from teachrnn.initializers import Initializer
from teachrnn.models import CharRNN
from teachrnn.optimizers import Optimizer
from teachrnn.part import Part
from teachrnn.registry import Registry
from teachrnn.training import Clipping, FlightRecorder, Schedule, Training

RECIPES = Registry["Recipe"]("recipe")
"""Every recipe by name: filled by `register`."""

RULES: dict[str, type[Part]] = {
    "initializer": Initializer,
    "optimizer": Optimizer,
    "clipping": Clipping,
    "schedule": Schedule,
    "batching": Batching,
}
"""The settings of a recipe that are rules: each by name, with hyper-parameters of its own."""

Settings = dict[str, Any]
"""A rule's ``name`` and its hyper-parameters."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a model is made and trained.

    Attributes
    ----------
    name, title, source : str
        What it is called, what it is, and where it comes from.
    notes : str
        Remarks on it.
    cell, hidden, layers, dtype
        The model: see `CharRNN`.
    initializer, optimizer, clipping, schedule, batching : dict
        A rule by ``name``, with its hyper-parameters. It may also be given as its name, its class or,
        except for the batching, an instance: ``recipe.but(optimizer=Adam(eta=0.001))``.
    length : int
        T, symbols in a sequence.
    reduction : {"sum", "mean"}
        Loss over the steps of a sequence: see `Training`.
    vocabulary : {"characters", "words"}
        What a symbol is.
    max_symbols : int, optional
        The largest number of words in the vocabulary.
    items : bool
        Whether the text is a file of short texts, each read by itself: see `load_items`.
    validation : float
        Share of the text that is held out.
    validate_every : int
        Updates between two measurements of the validation loss.
    updates : int
        How many updates a run has.

    Examples
    --------
    >>> from teachrnn import Recipe
    >>> recipe = Recipe.find("lstm").but(hidden=50, updates=1000)
    >>> recipe.cell, recipe.hidden, recipe.optimizer["name"]
    ('lstm', 50, 'adam')
    """

    name: str
    title: str
    source: str
    notes: str = ""
    cell: str = "vanilla"
    hidden: int = 100
    layers: int = 1
    dtype: str = "float32"
    initializer: Settings = field(default_factory=lambda: {"name": "normal", "scale": 0.01})
    optimizer: Settings = field(default_factory=lambda: {"name": "adagrad", "eta": 0.1})
    clipping: Settings = field(default_factory=lambda: {"name": "value", "limit": 5.0})
    schedule: Settings = field(default_factory=lambda: {"name": "constant"})
    batching: Settings = field(default_factory=lambda: {"name": "in-order"})
    length: int = 25
    reduction: Literal["sum", "mean"] = "sum"
    vocabulary: Literal["characters", "words"] = "characters"
    max_symbols: int | None = None
    items: bool = False
    validation: float = 0.1
    validate_every: int = 2000
    updates: int = 100_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "cell", Cell.settings_of(self.cell)["name"])
        object.__setattr__(self, "vocabulary", Vocabulary.settings_of(self.vocabulary)["name"])
        for rule, kind in RULES.items():
            object.__setattr__(self, rule, kind.settings_of(getattr(self, rule)))

    @staticmethod
    def find(which: str | Recipe) -> Recipe:
        """The recipe of that name; a recipe itself is returned as it is.

        Parameters
        ----------
        which : str or Recipe
            A name, or a recipe.

        Returns
        -------
        Recipe
            The recipe.

        Raises
        ------
        NameLookupError
            Listing the names that exist.
        """
        return which if isinstance(which, Recipe) else RECIPES.find(which)

    def but(self, **changes: Any) -> Self:
        """The same recipe with other settings; a dict of a rule's settings replaces the whole rule.

        Parameters
        ----------
        **changes
            Settings by name, such as ``hidden=50``.

        Returns
        -------
        Recipe
            A new recipe; this one stays as it is.

        Raises
        ------
        NameLookupError
            If there is no such setting.
        """
        known = [f.name for f in fields(self)]
        for name in changes:
            if name not in known:
                raise NameLookupError(f"a recipe has no setting {name!r}; it has: {', '.join(known)}.")
        return replace(self, **changes)

    def settings(self) -> dict[str, Any]:
        """Everything about it, as JSON can hold it: ``Recipe(**recipe.settings())`` equals it.

        Returns
        -------
        dict
            As ``json.dumps`` takes it.
        """
        return asdict(self)

    def decides(self) -> dict[str, Any]:
        """The settings that determine every number of a run, without the number of updates.

        Recipes that differ only in their descriptions or in the number of updates make the same run.

        Returns
        -------
        dict
            Settings by name.
        """
        said = ("name", "title", "source", "notes", "updates")
        return {name: value for name, value in self.settings().items() if name not in said}

    def departures(self) -> dict[str, Any]:
        """What departs from the defaults, so that a setting that recipes get later changes nothing.

        Returns
        -------
        dict
            Settings by name.

        Examples
        --------
        >>> from teachrnn import Recipe
        >>> Recipe(name="mine", title="Mine", source="", hidden=7).departures()
        {'hidden': 7}
        """
        default = type(self)(name="", title="", source="").decides()
        return {name: value for name, value in self.decides().items() if value != default[name]}

    def training(
        self,
        tokens: Array,
        *,
        symbols: int,
        validation: Array | None = None,
        end: int | None = None,
        seed: int = 0,
        recorder: FlightRecorder | None = None,
    ) -> Training:
        """Make the model and all that trains it.

        Parameters
        ----------
        tokens : ndarray of int
            The text to learn from, (N,).
        symbols : int
            K.
        validation : ndarray of int, optional
            The text to measure on.
        end : int, optional
            The number of the symbol that ends an item, where the batching is by items.
        seed : int
            Seed of all random numbers: parameters and order of reading each have their own stream.
        recorder : FlightRecorder, optional
            Keeps chosen steps.

        Returns
        -------
        Training
            The loop, before its first update.
        """
        model = CharRNN(
            hidden=self.hidden,
            symbols=symbols,
            cell=self.cell,
            layers=self.layers,
            dtype=self.dtype,
            initializer=Initializer.make(self.initializer),
            rng=Stream.PARAMETERS.of(seed),
        )
        return Training(
            model,
            Batching.make(
                self.batching, tokens, length=self.length, rng=Stream.READING.of(seed), end=end
            ),
            Optimizer.make(self.optimizer),
            clipping=Clipping.make(self.clipping),
            schedule=Schedule.make(self.schedule),
            reduction=self.reduction,
            validation=validation,
            validate_every=self.validate_every,
            recorder=recorder,
        )


def register(recipe: Recipe) -> Recipe:
    """Enter a recipe in `RECIPES`.

    Parameters
    ----------
    recipe : Recipe
        The recipe; no other may have its name.

    Returns
    -------
    Recipe
        The same recipe.

    Examples
    --------
    >>> from teachrnn import Recipe
    >>> tiny = register(Recipe(name="tiny", title="Tiny", source="", hidden=4))
    >>> Recipe.find("tiny") is tiny
    True
    >>> del RECIPES["tiny"]
    """
    RECIPES[recipe.name] = recipe
    return recipe
