"""What it takes to serve one app: its socket, the runner that serves, the one that may follow."""
