"""Writes the dataclasses and the methods of both clients out of openapi.json.

    python generate/generate.py           writes src/mpac_pgw/models.py, operations.py and async_operations.py
    python generate/generate.py --check   writes nothing, and ends with 1 when one of them would change

What the document has and this program does not know how to say in Python is an error, never left out in silence.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict

sys.path.insert(0, str(Path(__file__).parent))

from write_methods import write_methods
from write_models import write_models

PACKAGE = Path(__file__).parent.parent / "src" / "mpac_pgw"
OPENAPI = Path(__file__).parents[3] / "openapi.json"


def make_files(openapi: Dict[str, Any]) -> Dict[str, str]:
    """The generated files by their names."""
    return {
        "models.py": write_models(openapi),
        "operations.py": write_methods(openapi, in_async=False),
        "async_operations.py": write_methods(openapi, in_async=True),
    }


def main() -> int:
    files = make_files(json.loads(OPENAPI.read_text(encoding="utf-8")))
    stale = [
        name
        for name, text in files.items()
        if not (PACKAGE / name).exists() or (PACKAGE / name).read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        if stale:
            print(f"{', '.join(stale)} and openapi.json disagree: run python generate/generate.py")
        return 1 if stale else 0
    for name in stale:
        (PACKAGE / name).write_text(files[name], encoding="utf-8")
    print(f"Written: {', '.join(stale) or 'nothing, all is as it was'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
