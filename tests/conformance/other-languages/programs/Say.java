import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.*;
import io.opentelemetry.api.trace.*;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
public class Say {
  public static void main(String[] a) {
    var sdk = AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().build().getOpenTelemetrySdk();
    var tracer = sdk.getTracer("checkout", "1.2.3");
    var parent = tracer.spanBuilder("POST /orders").setSpanKind(SpanKind.SERVER).setAttribute("text", "ünïcode").setAttribute("whole", 7).setAttribute("fraction", 0.25).setAttribute("yes", true).setAttribute(AttributeKey.stringArrayKey("words"), java.util.List.of("a", "b")).startSpan();
    var ctx = Context.root().with(parent);
    var child = tracer.spanBuilder("DynamoDB.GetItem").setSpanKind(SpanKind.CLIENT).setParent(ctx).addLink(parent.getSpanContext()).startSpan();
    child.addEvent("retry", Attributes.of(AttributeKey.longKey("attempt"), 2L));
    child.setStatus(StatusCode.ERROR, "failed");
    child.end(); parent.end();
    var meter = sdk.getMeter("checkout");
    meter.counterBuilder("orders").setUnit("{order}").build().add(3, Attributes.of(AttributeKey.stringKey("tier"), "gold"));
    meter.histogramBuilder("duration").setUnit("ms").build().record(12.5);
    sdk.getSdkLoggerProvider().get("checkout").logRecordBuilder().setBody("order taken").setSeverity(Severity.INFO).setSeverityText("INFO").setContext(ctx).emit();
    sdk.close();
  }
}
