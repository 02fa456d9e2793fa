"""HTTP/1.1 for a scoring process, straight on the event loop: requests come whole, answers leave in one piece."""
