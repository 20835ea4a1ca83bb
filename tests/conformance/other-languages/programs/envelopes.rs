use opentelemetry::trace::{Span, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Array, Context, KeyValue, Value};
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_sdk::Resource;
use otlp_stdout_span_exporter::OtlpStdoutSpanExporter;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let exporter = OtlpStdoutSpanExporter::default();
    let resource = Resource::builder().with_service_name("checkout-rust").with_attribute(KeyValue::new("faas.max_memory", 268435456)).build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let tracer = provider.tracer("checkout");
    let parent = tracer.span_builder("POST /orders").with_kind(SpanKind::Server).with_attributes([
        KeyValue::new("text", "ünïcode"), KeyValue::new("whole", 7), KeyValue::new("fraction", 0.25), KeyValue::new("yes", true),
        KeyValue::new("words", Value::Array(Array::String(vec!["a".into(), "b".into()]))),
    ]).start(&tracer);
    let cx = Context::current_with_span(parent);
    let mut child = tracer.span_builder("DynamoDB.GetItem").with_kind(SpanKind::Client)
        .with_links(vec![opentelemetry::trace::Link::new(cx.span().span_context().clone(), vec![], 0)]).start_with_context(&tracer, &cx);
    child.add_event("retry", vec![KeyValue::new("attempt", 2)]);
    child.set_status(Status::error("failed"));
    child.end();
    cx.span().end();
    provider.shutdown().unwrap();
}
