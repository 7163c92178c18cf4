"""Where the gigabytes are: environments, images and locks by package, kind of file and layer."""
