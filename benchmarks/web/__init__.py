"""What a person at a browser waits for, measured with Chromium's own traces."""
