import base64, gzip, json, sys

from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


def write(request: bytes, signal: str = "traces", source: str = "checkout") -> None:
    """An Export…ServiceRequest in protobuf, as one line."""
    line = json.dumps({
        "__otel_otlp_stdout": "1.0.0",
        "source": source,
        "endpoint": f"http://localhost:4318/v1/{signal}",
        "method": "POST",
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
        "payload": base64.b64encode(gzip.compress(request)).decode(),
        "base64": True,
    }, separators=(",", ":"))
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.flush()


resource = Resource.create({"service.name": "checkout-own"})

spans = InMemorySpanExporter()
tracers = TracerProvider(resource=resource)
tracers.add_span_processor(SimpleSpanProcessor(spans))
tracer = tracers.get_tracer("checkout")
with tracer.start_as_current_span("POST /orders", attributes={"text": "ünïcode"}):
    with tracer.start_as_current_span("DynamoDB.GetItem") as child:
        child.add_event("retry", {"attempt": 2})
write(encode_spans(spans.get_finished_spans()).SerializeToString())

reader = InMemoryMetricReader()
meter = MeterProvider(resource=resource, metric_readers=[reader]).get_meter("checkout")
meter.create_counter("orders", unit="{order}").add(3, {"tier": "gold"})
write(encode_metrics(reader.get_metrics_data()).SerializeToString(), "metrics")

records = InMemoryLogRecordExporter()
loggers = LoggerProvider(resource=resource)
loggers.add_log_record_processor(SimpleLogRecordProcessor(records))
loggers.get_logger("checkout").emit(LogRecord(body="order taken", severity_number=SeverityNumber.INFO, severity_text="INFO"))
write(encode_logs(records.get_finished_logs()).SerializeToString(), "logs")
