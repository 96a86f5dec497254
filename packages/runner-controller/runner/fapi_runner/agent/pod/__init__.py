"""The agent as the first process of a runner pod: peers come by mutual TLS, and one app for ever is served over TCP."""
