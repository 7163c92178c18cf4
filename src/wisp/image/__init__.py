"""From a prefix to an OCI image: layers, documents, layout."""
