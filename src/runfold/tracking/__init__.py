"""What a training script calls: runs, logging, the spool that keeps records until they are delivered."""
