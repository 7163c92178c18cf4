// just /// conda-script
/// conda-script
