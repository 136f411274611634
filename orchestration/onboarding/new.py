"""From given files to a written proposal, and how the files fare under it.

Belongs here: the order of the steps. Does not belong here: the terminal (cli/contract.py).
"""

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts import load_contract
from orchestration.ingestion.problem import FileProblem
from orchestration.onboarding.files import GivenFile, given_files
from orchestration.onboarding.known import recognise
from orchestration.onboarding.linked import link
from orchestration.onboarding.look import look_at, same_layouts
from orchestration.onboarding.match import ROSTER
from orchestration.onboarding.proposal import Proposal, TableProposal, slug, stem
from orchestration.onboarding.propose import not_taken, propose_tables
from orchestration.onboarding.trial import Trial, amend, try_contract
from orchestration.onboarding.vocabulary import Vocabulary, vocabulary
from orchestration.onboarding.write import ISSUER, contract_text


class OnboardingError(Exception):
    """Nothing can be proposed; the text says why and what to do."""


@dataclass(frozen=True)
class NewContract:
    """The text written, what it was made from, and how the given files fare under it (None: not tried)."""

    text: str
    proposal: Proposal
    trial: Trial | None


def new_contract(source: str, paths: Sequence[Path], *, name: str | None = None, party_type: str | None = None) -> NewContract:
    """Look at the files, propose, and take them in under the proposal in a folder of its own that is thrown away."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", source):
        raise OnboardingError(f"{source!r}: a source is named in small letters, digits and dashes, such as oak-district")
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise OnboardingError(f"no such file: {', '.join(missing)}")
    words = vocabulary()
    with tempfile.TemporaryDirectory(prefix="datadrives-") as folder, duckdb.connect(":memory:") as con:
        con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        work = Path(folder)
        try:
            files, aside = given_files(paths, work)
        except FileProblem as problem:
            raise OnboardingError(str(problem)) from None
        if not files:
            raise OnboardingError("these files hold no rows; give the data files themselves")
        proposal = _propose(con, files, words, work)
        proposal.unread += [(file, "no data") for file in aside]
        if not proposal.tables and not proposal.profile:
            reasons = "; ".join(f"{file}: {why}" for file, why in proposal.unread[:5])
            raise OnboardingError(f"no file resembles a feed ({reasons}); write the contract by hand, see docs/cookbook.md")
        title = name or source.replace("-", " ").capitalize()
        while True:
            text = contract_text(source, title, party_type or _party_type(proposal), proposal)
            trial = _tried(source, text, files, work)
            if trial is None or not amend(proposal, trial):
                return NewContract(text, proposal, trial)


def _tried(source: str, text: str, files: list[GivenFile], work: Path) -> Trial | None:
    place = work / "proposal"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    file = place / f"{source}.yaml"
    file.write_text(text, encoding="utf-8")
    return try_contract(load_contract(file), [(given.name, given.path) for given in files], place)


def _propose(con: duckdb.DuckDBPyConnection, files: list[GivenFile], words: Vocabulary, work: Path) -> Proposal:
    proposal = Proposal()
    seen = look_at(con, files, words, work)
    proposal.unread += seen.unread
    known = recognise(files, seen.grids)
    if known is not None:
        proposal.profile = known.name
        proposal.systems["local"] = None
    layouts = same_layouts(con, [grid for grid in seen.grids if known is None or grid.file not in known.files], files, words)
    drafts = [(layout, propose_tables(layout, words, names_elsewhere=False)) for layout in layouts]
    rosters = [layout for layout, tables in drafts if tables and all(table.feed in ROSTER for table in tables)]
    for layout, draft in drafts:
        elsewhere = known is not None or any(other is not layout for other in rosters)
        tables = propose_tables(layout, words, names_elsewhere=True) if draft and elsewhere else draft
        for table in tables:
            link(table, layouts, words)
        if tables:
            _name(tables, proposal)
            proposal.tables += tables
            proposal.not_taken.append((layout, not_taken(layout, tables, words)))
        else:
            proposal.unread += [(grid.subject, "no feed has rows like these") for grid in layout.grids]
    looked_up = {lookup["file"] for table in proposal.tables for lookup in table.extras.get("lookups", {}).values()}
    proposal.unread = sorted(entry for entry in proposal.unread if entry[0] not in looked_up)
    _id_systems(proposal)
    return proposal


def _id_systems(proposal: Proposal) -> None:
    used = [prop.extras["constant"] for table in proposal.tables for prop in table.props if prop.name.endswith("student_id_system")]
    proposal.systems |= dict.fromkeys(used)
    if "state" in proposal.systems:
        proposal.systems["state"] = {"issuer": ISSUER, "shared": True}


def _name(tables: list[TableProposal], proposal: Proposal) -> None:
    taken = {table.name for table in proposal.tables}
    for table in tables:
        if table.name in taken:
            grid = table.layout.grid
            table.name = f"{table.name}_{slug(str(grid.reader.get('sheet') or stem(grid))).replace('-', '_')[:40]}"


def _party_type(proposal: Proposal) -> str:
    feeds = {table.feed for table in proposal.tables}
    if feeds and feeds <= {"published_indicator", "community_context"}:
        return "publisher"
    return "partner" if any(feed.startswith("program") for feed in feeds) else "district"
