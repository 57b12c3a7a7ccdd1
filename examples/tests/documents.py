"""Checks that the written documents say what is true: `python3 documents.py CHECK ROOT DOCUMENT [MORE]`.

A listing is marked by a comment on the line before it: `<!-- file: PATH -->` for all of a file,
`<!-- part of: PATH -->` for lines of it, `<!-- output of: PATH -->` for what the program made from PATH prints.
"""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARKER = re.compile(r"<!-- (file|part of|output of): (\S+) -->")
# Listings in these languages are programs: each has to be (part of) a file that is built and run.
PROGRAMS = {"c", "cpp", "python", "py", "cmake", "bash", "rust"}


@dataclass
class Block:
    line: int
    language: str
    text: str
    kind: str = ""
    path: str = ""


def blocks(document: Path) -> Iterator[Block]:
    """The fenced blocks of a document, each with the marker on the line before it."""
    lines = document.read_text().splitlines()
    at = 0
    while at < len(lines):
        if lines[at].startswith("```"):
            start = at
            at += 1
            while not lines[at].startswith("```"):
                at += 1
            block = Block(start + 1, lines[start][3:].strip(), "".join(line + "\n" for line in lines[start + 1 : at]))
            marker = MARKER.fullmatch(lines[start - 1]) if start > 0 else None
            if marker:
                block.kind, block.path = marker.groups()
            yield block
        at += 1


def check_listings(root: Path, document: Path) -> Iterator[str]:
    """Every program in a document is what the file of that name holds."""
    found = 0
    for block in blocks(document):
        found += 1
        where = f"{document.name}:{block.line}"
        if block.kind in ("file", "part of"):
            source = (root / block.path).read_text()
            if block.kind == "file" and block.text != source:
                yield f"{where}: is not {block.path}"
            if block.kind == "part of" and f"\n{block.text}" not in f"\n{source}":
                yield f"{where}: is not in {block.path}"
        elif block.language in PROGRAMS:
            yield f"{where}: {block.language} without a marker that names its file"
        elif block.language == "sh":
            for script in re.findall(r"(?<![\w/])scripts/[\w./]+", block.text):
                if not (root / script).is_file():
                    yield f"{where}: there is no {script}"
    if MARKER.search(document.read_text()) and not found:
        yield f"{document.name}: markers, but no blocks"


def check_output(root: Path, document: Path, path: str, program: str) -> Iterator[str]:
    """What the document says a program prints is what it prints."""
    said = [block for block in blocks(document) if (block.kind, block.path) == ("output of", path)]
    if len(said) != 1:
        yield f"{document.name}: {len(said)} outputs of {path}"
        return
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield f"{path}: exit status {done.returncode}: {done.stderr}"
    if done.stdout != said[0].text:
        yield f"{document.name}:{said[0].line}: says\n{said[0].text}but {path} prints\n{done.stdout}"


def check_names(root: Path, *documents: Path) -> Iterator[str]:
    """Every `net_...` and `NET_...` that a document names is in the header."""
    known = set(re.findall(r"\bnet_\w+|\bNET_\w+", (root / "include/nodenet.h").read_text()))
    for document in documents:
        for number, line in enumerate(document.read_text().splitlines(), 1):
            for name in re.findall(r"\bnet_[a-z]\w*\b(?!\*)|\bNET_[A-Z]\w*\b(?!\*)", line):
                # A name that ends in `_` stands for a family, such as net_socket_on_.
                family = name.endswith("_") and any(word.startswith(name) for word in known)
                if name not in known and not family:
                    yield f"{document.name}:{number}: the header has no {name}"


def check_python(root: Path, document: Path) -> Iterator[str]:
    """Every name in a table's column "Python" is one of the package `nodenet`."""
    sys.path.insert(0, str(root / "bindings/python/src"))
    nodenet = importlib.import_module("nodenet")
    owners = {"nodenet": nodenet, "server": nodenet.Server, "socket": nodenet.Socket}
    column = -1
    for number, line in enumerate(document.read_text().splitlines(), 1):
        cells = [cell.strip() for cell in line.split("|")]
        if "Python" in cells:
            column = cells.index("Python")
        elif len(cells) < 3:
            column = -1
        elif column > 0:
            for owner, name in re.findall(r"`(nodenet|server|socket)\.(\w+)", cells[column]):
                if not hasattr(owners[owner], name):
                    yield f"{document.name}:{number}: {owner} has no {name}"


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.*)$", document.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(root: Path, *documents: Path) -> Iterator[str]:
    """Every link to a file or a heading of ours leads somewhere."""
    for document in documents:
        for number, line in enumerate(document.read_text().splitlines(), 1):
            for link in re.findall(r"\]\(([^)\s]+)\)", line):
                if link.startswith(("http:", "https:")):
                    continue
                path, _, anchor = link.partition("#")
                target = (document.parent / path).resolve() if path else document
                if not target.exists():
                    yield f"{document.name}:{number}: nothing at {link}"
                elif anchor and anchor not in anchors(target):
                    yield f"{document.name}:{number}: no heading for {link}"


def main() -> None:
    check, root = sys.argv[1], Path(sys.argv[2])
    documents = [root / name for name in sys.argv[3:]]
    if check == "listings":
        complaints = list(check_listings(root, documents[0]))
    elif check == "output":
        complaints = list(check_output(root, documents[0], sys.argv[4], sys.argv[5]))
    elif check == "names":
        complaints = list(check_names(root, *documents))
    elif check == "python":
        complaints = list(check_python(root, documents[0]))
    elif check == "links":
        complaints = list(check_links(root, *documents))
    else:
        complaints = [f"there is no check {check}"]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    sys.exit(1 if complaints else 0)


main()
