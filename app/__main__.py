"""The command `locbao`, also as `python -m locbao`. Its modules take a good part of a second to import, in which Ctrl-C
is heeded as it is later."""

import sys


def main() -> None:
    """Entry point of the console script."""
    try:
        from locbao.cli.main import main as command

        command()
    except KeyboardInterrupt:  # before a command runs, which says it itself: while all that it needs is imported
        print("Interrupted.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
