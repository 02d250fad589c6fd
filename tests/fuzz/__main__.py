"""Fuzzing by atheris, which `make fuzz` installs: `python -m tests.fuzz --minutes 10 [READER …] [-runs=20000]`.

The readers take turns, each in a process of its own; a table says how many inputs each was given, and the seconds of
the processor that they took. Options with one dash are libFuzzer's, and hold for each reader. What breaks a promise is
in out/fuzz/READER as crash-*, with where it was raised; a hang, memory without end or a crash of a library below as
timeout-*, oom-* or crash-* without. Inputs that led somewhere new stay in out/fuzz/READER/corpus for the next time.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import traceback
import warnings
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

OUT = Path("out/fuzz")
NAMES = "text html markdown json json_lines parquet manifest part schema toml corpus layout".split()
GUIDES = (
    "locbao.predict.reading locbao.predict.store locbao.features.text locbao.features.notation.markdown "
    "locbao.features.sentence_spans locbao.train locbao.experiments.trials tomllib pickletools"
).split()
"""By whose steps inputs are chosen: what computes with arrays takes the same steps for all."""


def fuzz(name: str, seconds: int, options: list[str]) -> None:
    """Never returns: atheris ends the process."""
    import atheris

    with atheris.instrument_imports(include=GUIDES):
        from tests.fuzz.contracts import CONTRACTS
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.strategies import WORDS

    warnings.simplefilter("error")
    place, corpus, folder = OUT / name, OUT / name / "corpus", OUT / name / "files"
    shutil.rmtree(folder, ignore_errors=True)  # files of another version of the small model
    folder.mkdir()
    for seed in SEEDS[name]:
        (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    words = {word.encode() for word in WORDS.get(name, "a").split(" ")} - {b""}
    (place / "words").write_text("".join('"' + "".join(f"\\x{b:02x}" for b in word) + '"\n' for word in sorted(words)))
    check, faults = CONTRACTS[name], set[str]()

    def keep_going(data: bytes) -> None:
        try:
            check(data, folder)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"crash-{type(error).__name__}-{Path(where.filename).stem}-{where.lineno}"
            if fault not in faults:
                faults.add(fault)
                (place / fault).write_bytes(data)
                (place / f"{fault}.txt").write_text(traceback.format_exc(), errors="backslashreplace")

    limits = f"-max_total_time={seconds} -timeout=20 -rss_limit_mb=3000 -max_len=4096 -print_final_stats=1"
    files = [f"-artifact_prefix={place}/", f"-dict={place}/words", str(corpus)]
    atheris.Setup(["fuzz", *limits.split(), *options, *files], keep_going)
    atheris.Fuzz()


def fuzz_apart(name: str, seconds: int, options: list[str]) -> list[str]:
    """Fuzzes in a process of its own and prints a row; what broke a promise."""
    place = OUT / name
    (place / "corpus").mkdir(parents=True, exist_ok=True)
    for old in place.glob("*-*"):
        old.unlink()
    before = getrusage(RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds), *options]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    after = getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    (place / "log").write_text(done.stdout + done.stderr)
    inputs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    faults = sorted(str(path) for path in place.glob("*-*") if path.suffix != ".txt")
    if not inputs or (done.returncode and not faults):
        faults.append(f"{place / 'log'} (ended with code {done.returncode})")
    count = int(inputs[1]) if inputs else 0
    print(f"{name:12}{count:>10,}{cpu:>8.0f}  {', '.join(faults) or 'none'}", flush=True)
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"all, or some of {', '.join(NAMES)}")
    parser.add_argument("--minutes", type=float, default=10, help="for all together")
    parser.add_argument("--seconds", type=int, help=argparse.SUPPRESS)
    arguments, options = parser.parse_known_args()
    readers = arguments.readers or NAMES
    if arguments.seconds:
        fuzz(readers[0], arguments.seconds, options)
    seconds = max(1, round(arguments.minutes * 60 / len(readers)))
    print(f"{'reader':12}{'inputs':>10}{'CPU s':>8}  broken promises")
    return min(1, sum(len(fuzz_apart(name, seconds, options)) for name in readers))


if __name__ == "__main__":
    sys.exit(main())
