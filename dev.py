"""The one task runner: everything a developer or CI does, with nothing but Python 3.11 or newer.

    python dev.py demo      the main job, start to end, on a simulated tenant
    python dev.py test      all tests

It makes its own environment in .venv from the lock files (with hashes) the first time, and again when they change.
`python dev.py` alone lists the recipes. Where Python is called `python3` or `py`, say that instead of `python`.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (the point is to say so in a sentence)
    sys.exit("Tenantry needs Python 3.11 or newer; this is %d.%d. Try `python3.12 dev.py ...`." % sys.version_info[:2])  # noqa: UP031

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PACKAGES = ["tenantry", "provision", "audit", "sync", "templates", "simulator"]
CHECKED = [*PACKAGES, "tests", "bench", "dev.py", "dev_reference.py", "dev_tables.py", "dev_tables_exchange.py"]
COVERAGE_GATE = "90"


def demo(args: Sequence[str]) -> int:
    """The main job on the embedded simulated tenant; leaves a report and a hand-over sheet in ./demo."""
    return replace("run", "-m", "tenantry", "demo", *args)


def test(args: Sequence[str]) -> int:
    """All tests with the branch-coverage gate; `--quick` leaves out the slow ones; other words go to pytest."""
    if "--quick" in args:
        rest = [a for a in args if a != "--quick"]
        return run("dev", "-m", "pytest", "-n", "auto", "-m", "not slow", *rest)
    if args:
        return run("dev", "-m", "pytest", *args)
    clear_coverage()
    code = run("dev", "-m", "pytest", "-n", "auto", "--dist", "worksteal", "--cov", "--cov-report=")
    gate = run("dev", "-m", "coverage", "report", f"--fail-under={COVERAGE_GATE}", "--sort=cover")
    clear_coverage()
    return code or gate


def lint(args: Sequence[str]) -> int:
    """ruff's rules and format, mypy strict, import layers, sizes of files and functions."""
    steps = [
        ["-m", "ruff", "check", *args, *CHECKED],
        ["-m", "ruff", "format", "--check", *CHECKED],
        [
            "-m",
            "mypy",
            *PACKAGES,
            "tests",
            "bench",
            "dev.py",
            "dev_reference.py",
            "dev_tables.py",
            "dev_tables_exchange.py",
        ],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        ["-m", "tests.house.sizes"],
    ]
    codes = [run("dev", *step) for step in steps]
    return max(codes)


def fix(args: Sequence[str]) -> int:
    """Lets ruff mend and format what it can."""
    return max(
        run("dev", "-m", "ruff", "check", "--fix", *args, *CHECKED), run("dev", "-m", "ruff", "format", *CHECKED)
    )


def docs(args: Sequence[str]) -> int:
    """Writes the generated parts of docs/reference anew: commands, checks, profiles, schemas."""
    return run("dev", "-m", "tests.house.reference", *args)


def tables(args: Sequence[str]) -> int:
    """Makes the shipped tables out of the reference data (TENANTRY_SHARED, default ../shared)."""
    return run("dev", "dev_tables.py", *args)


def golden(args: Sequence[str]) -> int:
    """Renders the golden scripts anew; look at the difference before you commit it."""
    return run("dev", "-m", "tests.templates.golden", *args)


def bench(args: Sequence[str]) -> int:
    """Measures ratios in one run; prints a Markdown table, writes bench/out/bench.json."""
    return run("dev", "-m", "bench", *args)


def sweep(args: Sequence[str]) -> int:
    """Every profile and option: clean, with faults, killed at every request. Long; prints a table."""
    return run("dev", "-m", "tests.provision.sweep", *args)


def lock(args: Sequence[str]) -> int:
    """Resolves requirements/*.in into the lock files with hashes; `--upgrade` moves versions."""
    common = [
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--python-version=3.11",
    ]
    first = run("dev", *common, *args, "requirements/run.in", "-o", "requirements/run.lock")
    last = run(
        "dev", *common, *args, "requirements/dev.in", "-c", "requirements/run.lock", "-o", "requirements/dev.lock"
    )
    return max(first, last)


def build(args: Sequence[str]) -> int:
    """The wheel and the source archive in dist/."""
    return run("dev", "-m", "hatchling", "build", *args)


def ci(args: Sequence[str]) -> int:
    """What CI runs: lint, then test."""
    return lint(args) or test(args)


RECIPES: list[Callable[[Sequence[str]], int]] = [
    demo,
    test,
    lint,
    fix,
    docs,
    tables,
    golden,
    bench,
    sweep,
    lock,
    build,
    ci,
]


def run(kind: str, *command: str) -> int:
    """Runs Python of our environment in the project's folder and gives its exit code."""
    make_environment(kind)
    child = subprocess.Popen([str(PYTHON), *command], cwd=ROOT, env=surroundings())
    try:
        return child.wait()
    except KeyboardInterrupt:  # in a terminal the child got it too: let it tidy up and say so itself
        try:
            return child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.terminate()
            return child.wait()


def replace(kind: str, *command: str) -> int:
    """The same, but the child takes our place, so that whoever stops us stops it; Windows cannot, and waits."""
    if os.name == "nt":
        return run(kind, *command)
    make_environment(kind)
    os.chdir(ROOT)
    return os.execve(PYTHON, [str(PYTHON), *command], surroundings())


def surroundings() -> dict[str, str]:
    """The environment for our Python: nothing of another one leaks in, and text is UTF-8 on Windows too."""
    leaks = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {**{k: v for k, v in os.environ.items() if k not in leaks}, "PYTHONUTF8": "1"}


def make_environment(kind: str) -> None:
    """Brings .venv to the lock file: `run` for using the program, `dev` (which includes it) for working on it."""
    wanted = {name: digest(name) for name in ("run", "dev")}
    stamp = VENV / "tenantry.stamp"
    have = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    if PYTHON.exists() and (f"dev:{wanted['dev']}" in have or (kind == "run" and f"run:{wanted['run']}" in have)):
        return
    print(
        f"Making the environment in {VENV.name} from requirements/{kind}.lock (once; a minute or two) ...", flush=True
    )
    if not usable():
        create_venv()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    done = subprocess.run([*pip, "-r", f"requirements/{kind}.lock"], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit("The packages could not be installed (see above). Is a package index reachable? Then run this again.")
    for folder in [p for p in VENV.rglob("site-packages") if p.is_dir()][:1]:
        (folder / "tenantry-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    # as pip does for what it installs: a start without byte code takes a fifth longer
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", *PACKAGES], cwd=ROOT, check=False)
    stamp.write_text(f"{kind}:{wanted[kind]}\n", encoding="utf-8")


def usable() -> bool:
    """Whether packages can go into .venv; one whose making was cut off has a Python, but no pip."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def create_venv() -> None:
    """A fresh virtual environment, or one sentence that says why there is none."""
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in made.stdout + made.stderr or "No module named venv" in made.stderr:
        sys.exit(
            "This Python has no venv module with pip. On Debian or Ubuntu: `sudo apt install python3-venv`; "
            "elsewhere use the installer of python.org. Then run this again."
        )
    sys.exit(f"The environment could not be made in {VENV}: {(made.stderr or made.stdout).strip().splitlines()[-1]}")


def digest(kind: str) -> str:
    """The lock file's fingerprint, so that a change of it is noticed."""
    return hashlib.sha256((ROOT / "requirements" / f"{kind}.lock").read_bytes()).hexdigest()[:16]


def clear_coverage() -> None:
    """Removes the data files of an earlier run."""
    for file in ROOT.glob(".coverage*"):
        file.unlink(missing_ok=True)


def main(args: Sequence[str]) -> int:
    """Runs one recipe, or lists them."""
    recipes = {recipe.__name__: recipe for recipe in RECIPES}
    if not args or args[0] not in recipes:
        if args and args[0] not in ("help", "-h", "--help"):
            print(f"There is no recipe {args[0]!r}.", file=sys.stderr)
        for name, recipe in recipes.items():
            print(f"  python dev.py {name:8} {(recipe.__doc__ or '').splitlines()[0]}")
        return 0 if not args or args[0] in ("help", "-h", "--help") else 2
    return recipes[args[0]](args[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
