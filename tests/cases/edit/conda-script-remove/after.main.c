#!/usr/bin/env -S wisp run --script
// /// conda-script
// channels = ["c"]  # kept
// entrypoint = "x ${SCRIPT}"
// /// end-conda-script
int x;
