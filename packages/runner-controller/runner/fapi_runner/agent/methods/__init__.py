"""What a peer may ask for, one function for each method of PROTOCOL.md."""
