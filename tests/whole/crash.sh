#!/bin/bash
# A slice of what `make test-crash` does: each twelfth call and twelve moments.
exec tests/crash/crash.sh 12 12
