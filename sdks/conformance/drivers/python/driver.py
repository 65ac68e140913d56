"""The conformance driver of sdk-python: all vectors and all scenarios, each through every client that the package has.

It prints one JSON line for each case. A case is good when it is good with the standard library, with httpx and with
httpx on asyncio; the first client that it is not good with is named.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

from scenario_player import Scenarios
from vector_cases import ASK_BY_FILE, Question


def main() -> int:
    folder = Path(os.environ["CONFORMANCE_FOLDER"])
    is_good = True
    for file, languages in _read(folder / "drivers.json")["files"].items():
        if "python" in languages:
            for case in list_cases(folder, file):
                why = explain(partial(ASK_BY_FILE[file], case))
                is_good = _report("vector", file, case["name"], why) and is_good
    scenarios = Scenarios(os.environ)
    for path in sorted((folder / "scenarios").glob("*.json")):
        scenario = _read(path)
        why = explain(partial(scenarios.play, scenario))
        is_good = _report("scenario", path.stem, scenario["name"], why) and is_good
    scenarios.close()
    return 0 if is_good else 1


def list_cases(folder: Path, file: str) -> Tuple[Question, ...]:
    """The cases of a file of vectors that are for Python."""
    cases = _read(folder / "vectors" / f"{file}.json")["cases"]
    return tuple(case for case in cases if "python" in case.get("for", ["python"]))


def explain(ask: Callable[[], Optional[str]]) -> Optional[str]:
    """Why a case is not good, or None; a fault of the driver or of the SDK is a reason, too."""
    try:
        return ask()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _read(path: Path) -> Question:
    found: Question = json.loads(path.read_text(encoding="utf-8"))
    return found


def _report(kind: str, file: str, name: str, why: Optional[str]) -> bool:
    line: Dict[str, object] = {"kind": kind, "file": file, "name": name, "ok": why is None}
    print(json.dumps(line if why is None else {**line, "why": why}), flush=True)
    return why is None


if __name__ == "__main__":
    sys.exit(main())
