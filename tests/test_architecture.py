"""Which part may import which, held by walking the source of every file (imports inside functions count)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# part -> what it may not import. A part is every module whose dotted name starts with it.
FORBIDDEN = {
    "gaps": {"streamlit", "screens", "app", "tests", "bench"},
    "gaps.model": {"gaps"},
    "gaps.columns": {"gaps"},
    "gaps.problems": {"gaps"},
    "gaps.scoring": {"scipy", "statsmodels", "gaps.importer", "gaps.store"},
    "gaps.stats": {"gaps.importer", "gaps.store", "gaps.charts", "gaps.indices"},
    "gaps.indices": {"statsmodels", "gaps.importer", "gaps.store", "gaps.charts"},
    "gaps.charts": {"statsmodels", "scipy", "gaps.importer", "gaps.store"},
    "gaps.computed": {"statsmodels", "scipy", "gaps.importer", "gaps.store", "gaps.charts", "gaps.findings", "gaps.reports"},
    "gaps.store": {"gaps.scoring", "gaps.stats", "gaps.charts"},
    "gaps.reports": {"plotly", "statsmodels", "gaps.store"},
    "gaps.disclosure": {"scipy", "statsmodels", "gaps.importer", "gaps.store", "gaps.charts", "gaps.findings"},
    "gaps.findings": {"gaps.importer", "gaps.store", "gaps.charts", "gaps.reports"},
    "gaps.analysis": {"gaps.importer", "gaps.store", "gaps.charts", "gaps.reports"},
    "screens": {"pandas", "numpy", "scipy", "plotly", "statsmodels", "openpyxl", "python_calamine"},
    "app": {"pandas", "numpy", "scipy", "plotly", "statsmodels", "openpyxl", "python_calamine"},
}
# The composition and the command line stand above these parts.
for inner in ("importer", "scoring", "disclosure", "stats", "indices", "findings", "computed", "charts", "store", "i18n", "instruments"):
    FORBIDDEN[f"gaps.{inner}"] = FORBIDDEN.get(f"gaps.{inner}", set()) | {"gaps.analysis", "gaps.cli"}

# library -> the only part that may import it
SOLE_HOME = {"statsmodels": "gaps.stats", "scipy": "gaps.stats", "plotly": "gaps.charts"}


# Who may look at the environment: the settings, the reader, which hands as little as possible of it to its child process, and what says,
# before anything else is loaded, how many cores a product takes.
READ_THE_ENVIRONMENT = {"gaps", "gaps.settings", "gaps.importer.reader"}


def within(module: str, part: str) -> bool:
    return module == part or module.startswith(part + ".")


def sources(root: Path) -> Iterator[tuple[str, Path]]:
    """Dotted name and path of every file that the rules are about."""
    for path in [root / "app.py", *sorted(root.glob("gaps/**/*.py")), *sorted(root.glob("screens/**/*.py"))]:
        if path.exists():
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(tree: ast.AST, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of all that is imported; of `from a import b` both `a` and `a.b`, since b may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                climb = node.level - is_package
                package = module.split(".")[: -climb or None]
                base = ".".join([*package, *filter(None, [node.module])])
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__", "lazy_import"):
            yield from ((node.lineno, a.value) for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def import_violations(module: str, path: Path, tree: ast.AST) -> Iterator[str]:
    names = sorted(set(imported(tree, module, path.name == "__init__.py")))
    for part, forbidden in FORBIDDEN.items():
        if within(module, part):
            yield from (f"{path}:{line}: {part} may not import {name}" for line, name in names if any(within(name, f) for f in forbidden))
    for library, home in SOLE_HOME.items():
        if not within(module, home):
            yield from (f"{path}:{line}: only {home} may import {library}" for line, name in names if within(name, library))


def habit_violations(module: str, path: Path, tree: ast.AST) -> Iterator[str]:
    """In gaps/: no assert, no bare except, no print (but in the command line), the environment read in gaps.settings alone."""
    if not within(module, "gaps"):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Assert():
                yield f"{path}:{node.lineno}: assert; raise ValueError instead"
            case ast.ExceptHandler(type=None):
                yield f"{path}:{node.lineno}: bare except"
            case ast.Call(func=ast.Name(id="print")) if module != "gaps.cli":
                yield f"{path}:{node.lineno}: print outside the command line"
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv" | "environb") if module not in READ_THE_ENVIRONMENT:
                yield f"{path}:{node.lineno}: only gaps.settings reads the environment"


def violations(root: Path) -> list[str]:
    """All that breaks the rules under a folder."""
    found = [f"{path}: a folder of this name puts Streamlit in its old mode" for path in root.glob("pages/**/*")]
    for module, path in sources(root):
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        found += [*import_violations(module, path, tree), *habit_violations(module, path, tree)]
    return found


def test_the_project_keeps_its_shape():
    assert len(list(sources(ROOT))) > 10
    assert violations(ROOT) == []


def plant(root: Path, name: str, source: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("gaps/findings.py", "import streamlit as st"),
        ("gaps/scoring/gaps.py", "def f():\n    from scipy import stats"),
        ("gaps/scoring/gaps.py", "from statsmodels.api import OLS"),
        ("gaps/stats/drivers.py", "from gaps import importer"),
        ("gaps/stats/drivers.py", "from ..charts import chart"),
        ("gaps/stats/__init__.py", "from ..store import sqlite"),
        ("gaps/stats/deep/__init__.py", "from ...store import sqlite"),
        ("gaps/charts/bars.py", "import importlib\nimportlib.import_module('scipy.stats')"),
        ("gaps/charts/__init__.py", "from gaps.importer.study import read_study"),
        ("gaps/model.py", "from gaps.problems import Problem"),
        ("gaps/columns.py", "from . import model"),
        ("gaps/problems.py", "import gaps.model"),
        ("gaps/analysis.py", "from gaps.reports import excel"),
        ("gaps/analysis.py", "from .charts.chart import Chart"),
        ("gaps/scoring/tables.py", "from gaps.analysis import analyse"),
        ("gaps/importer/preflight.py", "import scipy"),
        ("gaps/reports/excel.py", "import plotly.graph_objects as go"),
        ("gaps/indices/acsi.py", "import statsmodels"),
        ("gaps/cli.py", "import screens.parts.state"),
        ("screens/measure/five_gaps.py", "def page():\n    import pandas as pd"),
        ("screens/parts/show.py", "from plotly import graph_objects"),
        ("app.py", "import numpy"),
        ("pages/overview.py", ""),
        ("gaps/model.py", "assert True"),
        ("gaps/model.py", "try:\n    1\nexcept:\n    2"),
        ("gaps/importer/study.py", "print(1)"),
        ("gaps/importer/study.py", "import os\nos.environ['X']"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, name, source):
    planted = plant(tmp_path, name, source)
    found = violations(tmp_path)
    assert found
    assert all(line.startswith(str(planted)) for line in found)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("gaps/stats/__init__.py", "from .results import Term\nimport scipy.stats\nfrom statsmodels.regression import linear_model"),
        ("gaps/stats/drivers.py", "from . import results\nfrom ..model import Study\nfrom gaps.scoring import tables"),
        ("gaps/charts/bars.py", "import plotly.graph_objects as go\nfrom gaps.stats.results import DriverFit"),
        ("gaps/analysis.py", "from gaps.scoring import tables\nfrom gaps import findings"),
        ("gaps/cli.py", "from gaps.importer import read_study\nprint(1)"),
        ("gaps/model.py", "import numpy\nimport pandas\ntry:\n    1\nexcept ValueError:\n    2"),
        ("gaps/settings.py", "import os\nos.environ.get('X')"),
        ("screens/measure/five_gaps.py", "import streamlit as st\nfrom gaps.analysis import analyse\nfrom screens.parts import state"),
        ("gaps/storefront.py", "from gaps.scoring import tables"),
    ],
)
def test_what_is_allowed_is_not_reported(tmp_path, name, source):
    plant(tmp_path, name, source)
    assert violations(tmp_path) == []


def test_the_first_page_does_not_wait_for_statsmodels():
    """Importing the composition loads neither Streamlit nor Plotly nor, before a regression is asked for, statsmodels (1.6 s)."""
    heavy = ("streamlit", "plotly", "statsmodels", "openpyxl")
    code = f"import sys, gaps.analysis; sys.exit(', '.join(m for m in {heavy} if m in sys.modules) or None)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
