"""Using a workspace: environments installed, activated, entered, run in, removed."""
