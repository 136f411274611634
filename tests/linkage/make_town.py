"""Write one pseudopeople town twice, each time with errors of its own, and the truth. Runs in an environment of its own (fetch.py)."""

import sys
from pathlib import Path

import pseudopeople


def scaled(part, factor):
    """The default chances of errors, each times `factor`, at most 0.9."""
    found = {}
    for name, value in part.items():
        if isinstance(value, dict):
            inner = scaled(value, factor)
            if inner:
                found[name] = inner
        elif name in ("cell_probability", "row_probability") and isinstance(value, int | float):
            found[name] = min(value * factor, 0.9)
    return found


def main(folder, year, noise, seed):
    folder.mkdir(parents=True)
    config = None
    if noise != 1:
        base = pseudopeople.get_config()["decennial_census"]
        config = scaled({"decennial_census": base.to_dict() if hasattr(base, "to_dict") else base}, noise)
    for place, name in enumerate("ab"):
        pseudopeople.generate_decennial_census(year=year, seed=seed + place, config=config).to_csv(folder / f"{name}.csv", index=False)
    clean = pseudopeople.generate_decennial_census(year=year, seed=seed, config="no_noise")
    clean[["simulant_id", "age", "household_id"]].to_csv(folder / "truth.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
