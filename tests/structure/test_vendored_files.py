"""What other projects made and we hand on is what they published."""

import re
from hashlib import sha256
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "web" / "static" / "vendor"


def test_every_vendored_script_is_the_one_that_its_readme_names() -> None:
    named = dict(
        re.findall(r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", (VENDOR / "README.md").read_text(), re.MULTILINE)
    )
    assert named == {path.name: sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")}
