"""`python -m locbao` is the command `locbao`."""

from locbao.cli.main import main

main()
