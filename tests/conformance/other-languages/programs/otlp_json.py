from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry._logs import SeverityNumber, LogRecord
from opentelemetry.exporter.otlp.json.file import trace_exporter, metric_exporter, _log_exporter
import time
resource = Resource.create({"service.name": "checkout-python", "faas.max_memory": 268435456})
tracers = TracerProvider(resource=resource)
tracers.add_span_processor(BatchSpanProcessor(trace_exporter.FileSpanExporter()))
tracer = tracers.get_tracer("checkout", "1.2.3")
with tracer.start_as_current_span("POST /orders", kind=SpanKind.SERVER, attributes={"text": "ünïcode", "whole": 7, "fraction": 0.25, "yes": True, "words": ["a", "b"]}) as parent:
    with tracer.start_as_current_span("DynamoDB.GetItem", kind=SpanKind.CLIENT, links=[trace.Link(parent.get_span_context())]) as child:
        child.add_event("retry", {"attempt": 2})
        child.set_status(Status(StatusCode.ERROR, "failed"))
tracers.shutdown()
meters = MeterProvider(resource=resource, metric_readers=[PeriodicExportingMetricReader(metric_exporter.FileMetricExporter())])
meter = meters.get_meter("checkout")
meter.create_counter("orders", unit="{order}").add(3, {"tier": "gold"})
meter.create_histogram("duration", unit="ms").record(12.5)
meters.shutdown()
loggers = LoggerProvider(resource=resource)
loggers.add_log_record_processor(BatchLogRecordProcessor(_log_exporter.FileLogExporter()))
loggers.get_logger("checkout").emit(LogRecord(timestamp=time.time_ns(), body="order taken", severity_number=SeverityNumber.INFO, severity_text="INFO"))
loggers.shutdown()
