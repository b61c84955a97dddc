"""Parts of the frame: language, workspace, stop and resume, bands."""
