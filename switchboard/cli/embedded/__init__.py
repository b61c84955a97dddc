"""The PostgreSQL that comes along: its programs from a wheel, its data in one folder, its life tied to ours."""
