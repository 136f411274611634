"""Single lines of a file read once more, wherever its blocks happen to end."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingestion.excerpt import excerpt
from orchestration.ingestion.text_file import TextFile

LINES = st.lists(st.tuples(st.text("ab,", max_size=9), st.sampled_from(["\n", "\r\n"])).map("".join), min_size=1, max_size=40)


@given(lines=LINES, ended=st.booleans(), block=st.sampled_from([1, 2, 5, 64]), data=st.data())
def test_lines_come_whole_whatever_block_they_lie_in(lines: list[str], ended: bool, block: int, data: st.DataObject) -> None:
    wanted = sorted(data.draw(st.sets(st.integers(1, len(lines)), min_size=1)))
    whole = "".join(lines) if ended else "".join(lines).rstrip("\r\n") + "x"
    with TemporaryDirectory() as folder:
        path, target = Path(folder, "delivered.csv"), Path(folder, "excerpt.csv")
        path.write_text(whole, encoding="utf-8", newline="")
        delivered = whole.encode().split(b"\n")
        wanted = [line for line in wanted if line <= len(delivered)]
        with patch("orchestration.ingestion.excerpt.CHUNK", block):
            found = excerpt(TextFile(path, len(delivered), ","), wanted, target)
        assert target.read_bytes() == b"".join(delivered[line - 1] + b"\n" for line in wanted)
        assert found.lines == len(wanted)
