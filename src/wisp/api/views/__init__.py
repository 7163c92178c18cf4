"""Looking at a workspace: values for listings and for programs."""
