"""Rules of retention, what their passes did, and what waits in the trash because of them."""
