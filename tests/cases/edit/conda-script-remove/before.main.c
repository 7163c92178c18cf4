#!/usr/bin/env -S wisp run --script
// /// conda-script
// channels = ["c"]  # kept
// entrypoint = "x ${SCRIPT}"
//
// [dependencies]
// b = "1.*"
// /// end-conda-script
int x;
