"""The command `python -m imld_synth`."""

import sys

from imld_synth.cli import main

sys.exit(main())
