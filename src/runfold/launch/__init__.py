"""Work started and watched: processes on this machine, and jobs on others."""
