// /// conda-script
// channels = ["c"]
int x;
// /// end-conda-script
