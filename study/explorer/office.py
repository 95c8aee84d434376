"""Answer what the page asks: one table of questions, one way in and out for all of them.

An answer is a table of parts. Each goes out with its mark, and stays here when the page says that it holds that mark.
What rests on the study and the question alone is kept, so that asking again costs nothing.
"""

import json
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

from pydantic import ValidationError

from ...data import InnoscapeError, InnoscapeWarning, OptionError, StudyError, TableError
from ...data.tier_scale import FOUR_TIERS, TierScale
from ...data.wording.catalogue import Text, plain, text
from ..plan.read import read_study
from ..plan.schema import IndexRecipe
from ..stages.build_chain import Chain
from ..stages.run import bundled_study
from .describe_study import describe_study
from .intake import MOST_UPLOADED, Intake, fault_entries
from .measure_network import describe_networks, list_ties, measure_network
from .pack_study import pack_results, pack_study
from .rank_places import describe_index, rank_intervals, rank_places, recipe_entry
from .request import (
    Asked,
    CellOrder,
    DropOrder,
    FilesOrder,
    IndexOrder,
    Levers,
    MeasureOrder,
    NetworkOrder,
    PlaceOrder,
    RecipeOrder,
    SaveOrder,
    ScenarioOrder,
    StudyOrder,
    faults_of,
    plain_steps,
)
from .save import preview_change, save_change, save_scenario, study_file, with_recipe
from .session import Desk, desk_of, open_chain
from .watched_study import WatchedStudy

__all__ = ["Office", "Parts", "Question"]

_MOST_BYTES = 65536
_MOST_KEPT = 64
# part -> its text in JSON and its mark
Parts: TypeAlias = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """Something that the page may ask.

    Attributes
    ----------
    act : callable
        Gives the parts of the answer; takes the form that was filled in, or nothing where there is none.
    form : type or None
        What the body must hold; the question is a plain GET without one.
    most_bytes : int
        Largest body.
    kept : bool
        Whether the answer depends on the study and the form alone.
    """

    act: Callable[..., Mapping[str, Any]]
    form: type[Asked] | None = None
    most_bytes: int = _MOST_BYTES
    kept: bool = False


class Office:
    """Hold a study and answer questions about it.

    Parameters
    ----------
    study : Path or None
        Study folder; the bundled study when None.
    runs : int
        Simulation runs an answer rests on.
    home : Path, optional
        Where new study folders are made; the current folder when missing.
    """

    def __init__(self, study: Path | None, *, runs: int, home: Path | None = None) -> None:
        self.runs = runs
        self.home = Path.cwd() if home is None else home
        self.intake = Intake()
        self.writing = Lock()
        self.counting = Lock()
        self._chain: Chain | None = None
        self._desk: Desk | None = None
        watched = None if study is None or not study_file(study).is_file() else WatchedStudy(study)
        try:
            self.open(study)
        except InnoscapeError as error:
            if watched is None:
                raise
            self._begin(study)
            self._faulty = watched
            watched.blame(error)
        self.questions: dict[str, Question] = {
            "study": Question(self.describe),
            "mended": Question(self.mended),
            "recipe": Question(self._recipe, RecipeOrder),
            "index": Question(self._quietly(rank_places), IndexOrder, kept=True),
            # their doubts have been told with the ranks
            "intervals": Question(self._quietly(rank_intervals), IndexOrder, kept=True),
            "network": Question(self._quietly(list_ties), NetworkOrder, kept=True),
            "measures": Question(self._quietly(measure_network), MeasureOrder, kept=True),
            "run": Question(self._run, Levers, kept=True),
            "save": Question(self._save, ScenarioOrder),
            "files": Question(self.intake.add, FilesOrder, most_bytes=MOST_UPLOADED),
            "look": Question(lambda _: self.intake.look(), Asked),
            "drop": Question(self.intake.drop, DropOrder),
            "cells": Question(self.intake.change, CellOrder, most_bytes=1 << 20),
            "place": Question(self.intake.place, PlaceOrder),
            "start": Question(self._start, StudyOrder),
        }
        self.packs: dict[str, Callable[[Path | None], bytes]] = {
            "study.zip": pack_study,
            "results.zip": pack_results,
        }

    def open(self, study: Path | None) -> None:
        """Make a study the one that is asked about.

        Raises
        ------
        StudyError, TableError, OptionError
            If the study has faults; the one before stays.
        """
        chain = open_chain(bundled_study() if study is None else read_study(study))
        desk = None
        if chain.inputs.study.diffusion is not None:
            desk = desk_of(chain, runs=self.runs)
            # one draw now compiles or loads the kernels, so that the first lever is as quick as the next
            desk.answer(Levers(runs=50))
        self._begin(study)
        self._chain, self._desk = chain, desk

    def _begin(self, study: Path | None) -> None:
        self.folder = study
        self._faulty: WatchedStudy | None = None
        self.saved: list[dict[str, Any]] = []
        self._kept: OrderedDict[tuple[str, str], Parts] = OrderedDict()
        self._told: dict[str, Any] | None = None

    @property
    def chain(self) -> Chain:
        """The study that is open, scored, placed and connected.

        Raises
        ------
        OptionError
            If it has faults.
        """
        if self._chain is None:
            raise OptionError(text("faults.calls.office.sound"))
        return self._chain

    @property
    def tiers(self) -> TierScale:
        """The tiers of the study, the usual ones while it has faults."""
        return FOUR_TIERS if self._chain is None else self._chain.inputs.study.tiers.order

    def mended(self) -> dict[str, Any]:
        """Look again at a study with faults where a file has changed; open it when it is sound."""
        with self.writing:
            faulty = self._faulty
            if faulty is not None and faulty.changed():
                try:
                    self.open(faulty.study)
                except InnoscapeError as error:
                    faulty.blame(error)
        return {"found": [] if self._faulty is None else self._faulty.found, "whole": self._faulty is None}

    @property
    def spreads(self) -> bool:
        """Whether the study says how knowledge spreads."""
        return self.chain.inputs.study.diffusion is not None

    @property
    def desk(self) -> Desk:
        """Where scenarios are answered.

        Raises
        ------
        OptionError
            If the study does not say how knowledge spreads.
        """
        return self._desk or desk_of(self.chain, runs=self.runs)

    def describe(self) -> dict[str, Any]:
        """Say what the study is and what can be moved in it, or what is wrong with it."""
        if self._faulty is not None:
            return self._faulty.describe()
        with self.counting:
            if self._told is None:
                self._told = describe_study(self.chain) | {"presets": []}
                self._told |= {"index": describe_index(self.chain), "graphs": describe_networks(self.chain)}
                self._told |= self.desk.describe() if self.spreads else {}
        presets = [*self._told["presets"], *self.saved]
        return {**self._told, "presets": presets, "bundled": self.folder is None, "spreads": self.spreads}

    def _quietly(self, act: Callable[[Chain, Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
        """Answer from the chain, with the warnings as notes of the answer."""

        def answer(form: Asked) -> dict[str, Any]:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", InnoscapeWarning)
                content = act(self.chain, form)
            said = [w.message.said.to_dict() for w in caught if isinstance(w.message, InnoscapeWarning)]
            return {**content, "notes": [note for i, note in enumerate(said) if note not in said[:i]]}

        return answer

    def _run(self, levers: Levers) -> dict[str, Any]:
        return self.desk.answer(levers)

    def _start(self, order: StudyOrder) -> dict[str, Any]:
        """Make a study folder of the files that were taken in, and open it."""
        with self.writing:
            file = self.intake.save(self.home / order.folder, order.language)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InnoscapeWarning)
                self.open(file.parent)
        return {"file": str(file), "name": order.folder}

    async def pack(self, name: str, _: Any) -> Any:  # noqa: ANN401 - request and response
        """Answer with the study or its results in one file."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import Response

        try:
            content = await run_in_threadpool(self._pack, name)
        except InnoscapeError as error:
            return Response(_json({"faults": _told(error)}), status_code=422, media_type="application/json")
        head = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="application/zip", headers=head)

    def _pack(self, name: str) -> bytes:
        # packing computes results: it waits for its turn, as every question does
        with self.counting, self.writing:
            return self.packs[name](self.folder)

    def _save(self, order: SaveOrder) -> dict[str, Any]:
        with self.counting:
            # what cannot be simulated is not saved
            self.desk.answer(Levers(interventions=order.interventions, runs=50))
        with self.writing:
            if order.folder is not None:
                # a new folder lies beside where the explorer was started, and nowhere else
                order = order.model_copy(update={"folder": str(self.home / order.folder)})
            file = save_scenario(order, self.folder)
            # what is saved next goes into the same study
            self.folder = self.folder or file.parent
            title = order.title or order.name
            steps = plain_steps(order.interventions)
            self.saved.append(
                {"name": order.name, "title": Text.of(en=title, zh=order.title_zh).to_dict(), "interventions": steps}
            )
        return {"file": str(file), "name": order.name}

    def _recipe(self, order: RecipeOrder) -> dict[str, Any]:
        """Show how a recipe changes the study file, or change it."""
        with self.counting:
            entry = recipe_entry(self.chain.inputs, order)
        try:
            recipe = IndexRecipe.model_validate(entry)
        except ValidationError as error:
            raise OptionError("\n".join(faults_of(error))) from None
        with self.writing:
            if not order.write:
                return {"change": preview_change(lambda written: with_recipe(written, entry), self.folder)}
            new = None if order.folder is None else str(self.home / order.folder)
            file = save_change(lambda written: with_recipe(written, entry), self.folder, new=new)
            self.folder = self.folder or file.parent
            inputs = self.chain.inputs
            assert inputs.study.index is not None  # noqa: S101 - what has been scored has one
            index = inputs.study.index.model_copy(update={"recipes": [*inputs.study.index.recipes, recipe]})
            self._chain = self.chain.having(
                inputs=inputs.having(study=inputs.study.model_copy(update={"index": index}))
            )
            if self._told is not None:
                self._told["index"] = describe_index(self.chain)
        return {"file": str(file), "name": entry["name"]}

    async def ask(self, name: str, request: Any) -> Any:  # noqa: ANN401 - request and response
        """Answer a question of the page in JSON."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import Response

        began = time.perf_counter()
        question, status, known = self.questions[name], 200, {}
        try:
            form = None
            if question.form is not None:
                form = question.form.model_validate_json(await request.body())
                known = form.known
            parts = await run_in_threadpool(self.answer, name, form)
        except ValidationError as error:
            parts, status = _parts({"faults": [plain(line).to_dict() for line in faults_of(error)]}), 422
        except InnoscapeError as error:
            found = fault_entries(list(error.faults)) if isinstance(error, StudyError | TableError) else []
            parts, status = _parts({"faults": _told(error), "found": found}), 422
        out = {part: said for part, (said, mark) in parts.items() if known.get(part) != mark}
        if status == 200 and question.form is not None:
            out["marks"] = _json({part: mark for part, (_, mark) in parts.items()})
        body = "{" + ",".join(f"{_json(part)}:{said}" for part, said in out.items()) + "}"
        response = Response(body, status_code=status, media_type="application/json")
        response.headers["server-timing"] = f"run;dur={1000 * (time.perf_counter() - began):.0f}"
        return response

    def answer(self, name: str, form: Asked | None = None) -> Parts:
        """Answer a question, from memory where it has been asked before.

        Raises
        ------
        InnoscapeError
            If there is no answer.
        """
        question = self.questions[name]
        act = question.act if form is None else partial(question.act, form)
        if not question.kept or form is None:
            return _parts(act())
        key = (name, form.model_dump_json(exclude={"known"}))
        # a study that is opened meanwhile has a memory of its own
        memory = self._kept
        kept = memory.get(key)
        if kept is None:
            # one at a time: what a computation warns of is caught for the whole program
            with self.counting:
                kept = memory[key] = memory.get(key) or _parts(act())
                while len(memory) > _MOST_KEPT:
                    memory.popitem(last=False)
        return kept


def _told(error: InnoscapeError) -> list[dict[str, str]]:
    """Write the lines of an error in every language."""
    return [line.to_dict() for line in error.lines]


def _parts(answer: Mapping[str, Any]) -> Parts:
    said = {part: _json(value) for part, value in answer.items()}
    return {part: (one, blake2b(one.encode(), digest_size=9).hexdigest()) for part, one in said.items()}


def _json(content: Any) -> str:  # noqa: ANN401
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
