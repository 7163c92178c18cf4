// /// conda-script
// channels = ["c"]
// entrypoint = "a \"b\" | cat"
// /// end-conda-script
