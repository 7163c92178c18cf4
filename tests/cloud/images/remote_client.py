"""A client of SageMaker whose jobs Docker runs on this machine; started by the tests, not imported.

Arguments: the image, then calls by name as JSON: what `dependencies` and `job_conda_env` of the
decorator are, and the numbers to divide. Storage and answers come from moto (AWS_ENDPOINT_URL); a
job is started from the request that the SDK makes, as the platform would.
"""

# mypy: ignore-errors
# What it imports is in the environment of the image only.
from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import boto3

try:
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.remote_function import remote
except ImportError:
    from sagemaker.remote_function import remote
    from sagemaker.session import Session

IMAGE, CALLS = sys.argv[1], json.loads(sys.argv[2])
BUCKET = "sagemaker-jobs"
ROLE = "arn:aws:iam::123456789012:role/jobs"
state = {"code": None, "log": ""}


def fetch(uri, folder):
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    store = boto3.client("s3")
    found = store.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    for row in found:
        name = row["Key"][len(prefix) :].lstrip("/") or row["Key"].rpartition("/")[2]
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        store.download_file(bucket, row["Key"], str(path))


def start(params, **_kwargs):
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        config = root / "input" / "config"
        config.mkdir(parents=True)
        for name in ("output", "model", "code"):
            (root / name).mkdir()
        hosts = {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"}
        hosts["current_instance_type"] = "ml.m5.large"
        hosts["instance_groups"] = [
            {"instance_group_name": "g", "instance_type": "ml.m5.large", "hosts": ["algo-1"]}
        ]
        hosts["current_group_name"] = "g"
        (config / "resourceconfig.json").write_text(json.dumps(hosts))
        (config / "hyperparameters.json").write_text("{}")
        channels = {row["ChannelName"]: {} for row in params.get("InputDataConfig", [])}
        (config / "inputdataconfig.json").write_text(json.dumps(channels))
        for row in params.get("InputDataConfig", []):
            folder = root / "input" / "data" / row["ChannelName"]
            folder.mkdir(parents=True)
            fetch(row["DataSource"]["S3DataSource"]["S3Uri"], folder)
        environ = dict(params.get("Environment", {}))
        environ["TRAINING_JOB_NAME"] = params["TrainingJobName"]
        environ |= {name: text for name, text in os.environ.items() if name.startswith("AWS_")}
        program, *words = params["AlgorithmSpecification"]["ContainerEntrypoint"]
        words += params["AlgorithmSpecification"].get("ContainerArguments", [])
        command = ["docker", "run", "--rm", "--network", "host", "-v", f"{root}:/opt/ml"]
        command += [part for name in environ for part in ("-e", f"{name}={environ[name]}")]
        done = subprocess.run(
            [*command, "--entrypoint", program, IMAGE, *words],
            capture_output=True,
            text=True,
            check=False,
        )
        state["code"], state["log"] = done.returncode, done.stdout + done.stderr


def failed(parsed, **_kwargs):
    if state["code"]:
        parsed["TrainingJobStatus"] = "Failed"


boto3.client("s3").create_bucket(Bucket=BUCKET)
session = Session(default_bucket=BUCKET)
events = session.sagemaker_client.meta.events
events.register("provide-client-params.sagemaker.CreateTrainingJob", start)
events.register("after-call.sagemaker.DescribeTrainingJob", failed)


def call(numbers, **words):
    @remote(
        image_uri=IMAGE,
        role=ROLE,
        instance_type="ml.m5.large",
        sagemaker_session=session,
        include_local_workdir=False,
        **words,
    )
    def divide(one, other):
        import numpy as np

        return float(np.divide(one, other)) if other else 1 / other

    try:
        answer = {"result": divide(*numbers)}
    except Exception as error:
        answer = {"error": type(error).__name__, "text": str(error)[:2000]}
    return {**answer, "code": state["code"], "log": state["log"][-6000:]}


answers = {name: call(**words) for name, words in CALLS.items()}
print("\n" + json.dumps(answers))
