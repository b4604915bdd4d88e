"""`python -m emergence`."""

from emergence.command_line import main

raise SystemExit(main())
