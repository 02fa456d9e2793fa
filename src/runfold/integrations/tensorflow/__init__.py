"""TensorFlow. What users call is `functions`, as `runfold.tensorflow`."""
