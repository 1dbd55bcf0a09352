"""What stands around every request and socket: who may come, how much, how long, and with which headers."""
