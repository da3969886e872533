"""docs/what-the-tests-prove.md lists every test file under a claim, and no file that does not exist."""

import itertools
import re

CLAIMS = "docs/what-the-tests-prove.md"
NAMED = re.compile(r"`((?:unit|integration|http|end_to_end|chaos|js)/[\w/{},.*-]+\.(?:py|mjs))`")


def expand(pattern: str) -> list[str]:
    """`test_{a,b}.py` as a shell reads it."""
    parts = [part.split(",") for part in re.split(r"[{}]", pattern)]
    return ["".join(words) for words in itertools.product(*parts)]


def test_every_test_file_proves_a_claim(root):
    claims = (root / CLAIMS).read_text().split("\n## Removed")[0]
    tests = root / "tests"
    named = {
        pattern: set(tests.glob(pattern)) for found in NAMED.findall(claims) for pattern in expand(found)
    }
    assert [pattern for pattern, files in named.items() if not files] == [], "named, and not there"
    there = {*tests.rglob("test_*.py"), *tests.rglob("*.test.mjs")}
    missing = sorted(str(path.relative_to(tests)) for path in there - set().union(*named.values()))
    assert missing == [], f"say in {CLAIMS} which claim these prove"
