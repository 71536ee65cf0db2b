"""`python -m gaps`."""

import sys

from gaps.cli import main

sys.exit(main())
