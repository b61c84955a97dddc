"""Long runs that `make soak` starts and `make test` leaves out."""
