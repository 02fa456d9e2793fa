"""Jobs in the SQL store: the queue, the leases of agents, the logs."""
