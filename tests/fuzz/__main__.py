"""Fuzzing by atheris, which `make fuzz` installs: `python -m tests.fuzz --minutes 10 [READER …]`.

The readers take turns, each in a process of its own; a table says how many inputs each was given. What breaks a promise
is in out/fuzz/READER as crash-*, with where it was raised; a hang, an exhausted memory or a crash of a library below as
timeout-*, oom-* or crash-* without. What was learned of good inputs stays in out/fuzz/READER/corpus for the next time.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

OUT = Path("out/fuzz")
NAMES = "text html markdown json json_lines parquet manifest part schema toml corpus layout".split()


def fuzz(name: str, seconds: int) -> None:
    """Never returns: atheris ends the process."""
    import atheris

    with atheris.instrument_imports(include=["locbao", "tomllib", "pickletools"]):
        from tests.fuzz.contracts import CONTRACTS
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.strategies import WORDS

    warnings.simplefilter("error")
    place, corpus = OUT / name, OUT / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS[name]:
        (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    words = {word.encode() for word in WORDS.get(name, "a").split(" ")} - {b""}
    (place / "words").write_text("".join('"' + "".join(f"\\x{b:02x}" for b in word) + '"\n' for word in sorted(words)))
    folder, check, places = Path(tempfile.mkdtemp(prefix="locbao-fuzz-")), CONTRACTS[name], set[str]()

    def keep_going(data: bytes) -> None:
        try:
            check(data, folder)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"{type(error).__name__}-{Path(where.filename).stem}-{where.lineno}"
            if fault not in places:
                places.add(fault)
                (place / f"crash-{fault}").write_bytes(data)
                (place / f"crash-{fault}.txt").write_text(traceback.format_exc(), errors="backslashreplace")

    options = (
        f"-max_total_time={seconds} -timeout=20 -rss_limit_mb=3000 -max_len=4096 -print_final_stats=1 -verbosity=0"
    )
    files = [f"-artifact_prefix={place}/", f"-dict={place}/words", str(corpus)]
    atheris.Setup(["fuzz", *options.split(), *files], keep_going)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"all, or some of {', '.join(NAMES)}")
    parser.add_argument("--minutes", type=float, default=10, help="for all together")
    parser.add_argument("--seconds", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    readers = arguments.readers or NAMES
    if arguments.seconds:
        fuzz(readers[0], arguments.seconds)
    faults = []
    print(f"{'reader':12}{'inputs':>10}  broken promises")
    for name in readers:
        for old in (OUT / name).glob("*-*"):
            old.unlink()
        seconds = max(1, round(arguments.minutes * 60 / len(readers)))
        command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        (OUT / name / "log").write_text(done.stdout + done.stderr)
        inputs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
        here = sorted(str(path) for path in (OUT / name).glob("*-*") if path.suffix != ".txt")
        if not inputs or (done.returncode and not here):
            here.append(f"{OUT / name / 'log'} (ended with code {done.returncode})")
        faults += here
        print(f"{name:12}{int(inputs[1]) if inputs else 0:>10,}  {', '.join(here) or 'none'}", flush=True)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
