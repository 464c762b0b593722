"""The embedded endpoint: the OpenAI protocol with made-up text, for a first run, dry runs and tests.

`reply.answer` is the endpoint as a function, `server.run_server` serves it over HTTP. Nothing is imported
here, so that naming the package costs nothing. Nothing in this package calls a model or the network.
"""
