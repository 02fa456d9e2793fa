from runfold.cli.serving.serve import serve


def test_the_spellings_of_mlflow_are_understood():
    given = ["-m", "model", "-h", "0.0.0.0", "-p", "9", "-w", "2", "-t", "7", "--no-conda", "--enable-mlserver"]
    params = serve.make_context("serve", given).params
    assert (params["uri"], params["host"], params["port"]) == ("model", "0.0.0.0", 9)
    assert (params["processes"], params["request_timeout_s"], params["no_conda"]) == (2, 7.0, True)
    assert serve.make_context("serve", ["-m", "model", "--workers", "3"]).params["processes"] == 3
