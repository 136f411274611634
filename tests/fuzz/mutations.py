"""Damage that any file or delivery may suffer: bytes, encodings, line ends, whole files.

Belongs here: damage that knows nothing of a format. Each mutation takes the files of a delivery and three numbers that say where;
the numbers are all that a failing example has to tell. Rows, columns and records are in tabular.py and structured.py.
"""

import gzip
import zipfile
from collections.abc import Callable
from io import BytesIO

Files = dict[str, bytes]
# (files, name of the file it strikes, two numbers) -> files
Mutation = Callable[[Files, str, int, int], Files]

JUNK = (
    b"\x00", b"\xef\xbb\xbf", b"\xff", b"\xc3", b'"', b"'", b",", b"\t", b"\r", b"\n", b"\r\n", b"\n\n\n", b"=", b"=1+1", b"<", b"&", b"&x;", b"]", b"}", b"{",
    b"[", b"\\", b"\x1a", b"\x01", b"\x01\x02\x03", b"\xe2\x80\xa8", b"\xc2\x85", b"\xf0\x9f\x98\x80", b"%", b"|", b"NULL", b"-", b"'; DROP TABLE x; --",
    b"<!DOCTYPE x>", b"\x0c", b"\x0b", b"\x1c",
)  # fmt: skip
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "cp037", "utf-7")
ENDS = (b"\r", b"\r\n", b"\n\r", b"\r\r\n", b"\n\n", b"")


def change(files: Files, name: str, content: bytes) -> Files:
    return {**files, name: content}


def cut(files: Files, name: str, a: int, _b: int) -> Files:
    content = files[name]
    return change(files, name, content[: a % (len(content) + 1)])


def behead(files: Files, name: str, a: int, _b: int) -> Files:
    content = files[name]
    return change(files, name, content[a % (len(content) + 1) :])


def insert(files: Files, name: str, a: int, b: int) -> Files:
    content = files[name]
    place = a % (len(content) + 1)
    return change(files, name, content[:place] + JUNK[b % len(JUNK)] + content[place:])


def overwrite(files: Files, name: str, a: int, b: int) -> Files:
    content = bytearray(files[name])
    if content:
        content[a % len(content)] = b % 256
    return change(files, name, bytes(content))


def lose_bytes(files: Files, name: str, a: int, b: int) -> Files:
    content = files[name]
    place = a % (len(content) + 1)
    return change(files, name, content[:place] + content[place + b % 64 + 1 :])


def repeat_bytes(files: Files, name: str, a: int, b: int) -> Files:
    content = files[name]
    place = a % (len(content) + 1)
    return change(files, name, content[:place] + content[place : place + b % 512] * 2 + content[place + b % 512 :])


def encode(files: Files, name: str, a: int, _b: int) -> Files:
    try:
        return change(files, name, files[name].decode("utf-8").encode(ENCODINGS[a % len(ENCODINGS)], "replace"))
    except UnicodeDecodeError:
        return files


def line_ends(files: Files, name: str, a: int, b: int) -> Files:
    """Every line end of a file, or every so many."""
    lines = files[name].replace(b"\r\n", b"\n").split(b"\n")
    end, step = ENDS[a % len(ENDS)], b % 3 + 1
    joined = b"".join(line + (end if number % step == 0 else b"\n") for number, line in enumerate(lines[:-1]))
    return change(files, name, joined + lines[-1])


def empty_file(files: Files, name: str, a: int, _b: int) -> Files:
    return change(files, name, (b"", b"\n", b" ", b"\xef\xbb\xbf", b"\r\n\r\n")[a % 5])


def drop_file(files: Files, name: str, _a: int, _b: int) -> Files:
    return {other: content for other, content in files.items() if other != name} if len(files) > 1 else files


def repeat_file(files: Files, name: str, a: int, _b: int) -> Files:
    """The same file twice: under a name the same glob may fit, deeper, or in other letters."""
    stem, dot, kind = name.rpartition(".")
    return change(files, (f"{stem}2{dot}{kind}", f"copy/{name}", name.upper(), f"{stem} (1){dot}{kind}", f"{name}.bak")[a % 5], files[name])


def rename_file(files: Files, name: str, a: int, b: int) -> Files:
    renamed = repeat_file(files, name, a, b)
    return {other: content for other, content in renamed.items() if other != name} if len(renamed) > len(files) else files


def swap_files(files: Files, name: str, a: int, _b: int) -> Files:
    other = sorted(files)[a % len(files)]
    return {**files, name: files[other], other: files[name]}


def strange_file(files: Files, name: str, a: int, b: int) -> Files:
    added = ("notes.txt", ".DS_Store", "__MACOSX/x", "Thumbs.db", "sub/readme.md", "a'b\"c;.csv", "é[1]*.csv")[a % 7]
    return change(files, added, files[name][: b % 500])


def pack(files: Files, name: str, a: int, b: int) -> Files:
    """The file, or a damaged archive of it, in place of the file."""
    content, rest = files[name], {other: text for other, text in files.items() if other != name}
    if a % 2:
        packed, packed_name = gzip.compress(content, mtime=0), f"{name}.gz"
    else:
        held = BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(zipfile.ZipInfo(name), content)
        packed, packed_name = held.getvalue(), "files.zip"
    return {**rest, packed_name: packed[: len(packed) - b % 40] if b % 3 == 0 else packed}


ANY_FILE: tuple[Mutation, ...] = (
    cut, behead, insert, insert, insert, overwrite, overwrite, lose_bytes, repeat_bytes, encode, line_ends, empty_file, drop_file, repeat_file,
    rename_file, swap_files, strange_file, pack,
)  # fmt: skip
