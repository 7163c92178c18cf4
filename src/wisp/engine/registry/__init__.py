"""Registries of images: logging in, blobs, manifests; what these mean is not known here."""
