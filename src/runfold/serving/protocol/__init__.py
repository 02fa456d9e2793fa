"""What requests and answers look like: MLflow's scoring protocol and the V2 inference protocol."""
