// /// conda-script
// channels = ["c"]
// entrypoint = "cc ${SCRIPT} | cat"
// /// end-conda-script
