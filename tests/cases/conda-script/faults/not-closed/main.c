int x;
// /// conda-script
// channels = ["c"]
// entrypoint = "x"
