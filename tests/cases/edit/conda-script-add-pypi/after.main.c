#!/usr/bin/env -S wisp run --script
// /// conda-script
// channels = ["c"]  # kept
// entrypoint = "x ${SCRIPT}"
//
// [dependencies]
// b = "1.*"
//
// [tool.pixi.pypi-dependencies]
// a = ">=2"
// /// end-conda-script
int x;
