from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from otlp_stdout_span_exporter import OTLPStdoutSpanExporter
provider = TracerProvider(resource=Resource.create({"service.name": "checkout-python", "faas.max_memory": 268435456}))
provider.add_span_processor(BatchSpanProcessor(OTLPStdoutSpanExporter()))
tracer = provider.get_tracer("checkout", "1.2.3")
with tracer.start_as_current_span("POST /orders", kind=SpanKind.SERVER, attributes={"text": "ünïcode", "whole": 7, "fraction": 0.25, "yes": True, "words": ["a", "b"]}) as parent:
    with tracer.start_as_current_span("DynamoDB.GetItem", kind=SpanKind.CLIENT, links=[trace.Link(parent.get_span_context())]) as child:
        child.add_event("retry", {"attempt": 2})
        child.record_exception(TypeError("no such table"))
        child.set_status(Status(StatusCode.ERROR, "failed"))
provider.shutdown()
