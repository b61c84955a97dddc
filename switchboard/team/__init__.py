"""Who signs in, to which workspace, in which role."""
