"""`python -m frontend.cli`: how the supervisor begins its children, whatever the search path holds."""

from frontend.cli import main

main(prog_name="shibaiqian")
