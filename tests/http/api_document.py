"""Takes docs/api.md apart: its examples as requests, and the answers that it shows for them."""

from __future__ import annotations

import json
import re
import shlex
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCKS = re.compile(r"```sh\n(?P<shell>.*?)```\n(?:```json\n(?P<answer>.*?)```\n)?", re.DOTALL)
FLAGS = ("-N", "-OJ")  # of curl's behaviour, not of the request
IN_JARS = ("-b", "-c")


@dataclass
class Example:
    """A curl command as a request, and the answer that the document shows, if any."""

    shell: str
    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    uses_jar: bool = False
    answer: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def examples(document: Path, variables: Mapping[str, str]) -> Iterator[Example]:
    """Every curl command of the document, in order, with its shell variables replaced."""
    for block in BLOCKS.finditer(document.read_text()):
        if "curl " in block["shell"]:
            yield _example(block["shell"], block["answer"], variables)


def shape(value: Any) -> Any:
    """What a value is made of: the names in objects, the kinds of everything; of a list, its first item."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    )


def _example(shell: str, answer: str | None, variables: Mapping[str, str]) -> Example:
    example = Example(shell, answer=json.loads(answer) if answer else None)
    before, _, command = shell.replace("\\\n", " ").rpartition("curl ")
    words = iter(shlex.split(string.Template(command).substitute(variables)))
    for word in words:
        _take(example, word, words, piped=before)
    example.method = example.method or ("GET" if example.body is None else "POST")
    return example


def _take(example: Example, word: str, words: Iterator[str], piped: str) -> None:
    if word == "-H":
        name, _, value = next(words).partition(": ")
        example.headers[name] = value
    elif word == "-X":
        example.method = next(words)
    elif word in ("-d", "--data-binary"):
        data = next(words)
        example.body = (_printed(piped) if data == "@-" else data).encode()
    elif word in IN_JARS:
        example.uses_jar = next(words) == "jar"
    elif not word.startswith("-"):
        example.url = word
    else:
        assert word in FLAGS, f"curl {word} is not known here"


def _printed(pipeline: str) -> str:
    """What `printf '%s\\n' … |` prints."""
    command, form, *texts = shlex.split(pipeline.rstrip().removesuffix("|"))
    assert (command, form) == ("printf", "%s\\n")
    return "".join(f"{text}\n" for text in texts)
