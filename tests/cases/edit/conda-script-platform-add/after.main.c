#!/usr/bin/env -S wisp run --script
// /// conda-script
// channels = ["c"]  # kept
// entrypoint = "x ${SCRIPT}"
//
// [dependencies]
// b = "1.*"
//
// [tool.pixi.workspace]
// platforms = ["osx-arm64"]
// /// end-conda-script
int x;
