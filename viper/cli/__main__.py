"""`python -m viper.cli`: the command where the package is not installed."""

import sys

from viper.cli import main

sys.exit(main())
