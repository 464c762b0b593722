"""AIBrix's metadata server without a cluster: `python aibrix_batches.py --model URL --host HOST --port PORT`.

What it keeps is in the working folder. Its program sends a batch's requests to pods that it starts itself, or, with
--dry-run, to nobody; here they go to one model server that is there. Runs in the environment of aibrix.txt.
"""

import argparse

import uvicorn
from aibrix.batch.client.sources.static import StaticEndpointSource
from aibrix.metadata import app as metadata

parser = argparse.ArgumentParser()
parser.add_argument("--model")
parser.add_argument("--host")
parser.add_argument("--port", type=int)
told = parser.parse_args()
metadata.NoopEndpointSource = lambda: StaticEndpointSource(told.model, capacity=16)
uvicorn.run(metadata.build_app(metadata.build_app_args(dry_run=True)), host=told.host, port=told.port)
