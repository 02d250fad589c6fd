"""`python -m locbao` is the command `locbao`."""

from locbao.cli import main

main()
