"""Train the model that is shipped: `python -m tests.linkage.default_model`, on generated families, seed 1, in three rosters.

A home uses it until it has records enough to train its own. Does not belong here: training at a home (orchestration/identity).
"""

from orchestration.identity import clean, model, records
from tests.linkage.families import make_families
from tests.linkage.measure import connect

PATH = clean.DATA / "default_model.json"
CHILDREN, SEED = 12_000, 1


def main() -> None:
    con = connect()
    make_families(con, children=CHILDREN, seed=SEED, rosters=("north", "south", "partner"), coverage=0.7)
    records.create_records(con, "family_row", "rec")
    model.train(con, "rec").save(PATH)


if __name__ == "__main__":
    main()
