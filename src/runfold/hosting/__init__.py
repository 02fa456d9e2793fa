"""How a server process lives: its log, its measurements, its address, its end. Both servers stand on this."""
