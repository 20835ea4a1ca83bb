const EMF = JSON.stringify({
  _aws: {
    Timestamp: 0,
    CloudWatchMetrics: [{ Namespace: 'Evil', Dimensions: [['destination']], Metrics: [{ Name: 'Delivered' }] }],
  },
  destination: 'otlp_http',
  Delivered: 1e9,
});
const REPORT = JSON.stringify({ level: 'INFO', message: 'otlp forwarder report', balanced: true, destinations: {} });

/** Text that would like to be a line, a metric, a report, a command for a terminal, or telemetry. */
export const HOSTILE_WORDS: readonly string[] = [
  `\n${EMF}\n`,
  `\r\n${REPORT}\r\n`,
  `"}\n${EMF}\n{"x":"`,
  `\u2028${EMF}\u2029`,
  `\u0085${EMF}`,
  EMF,
  REPORT,
  '\u001b[2J\u001b[31mERROR\u001b]0;title\u0007',
  '\u009b2J\u009b31m',
  '\u202eevil\u202c\u2066evil\u2069',
  '\u0000\u0008\u007f',
  '\ud800',
  '{"__otel_otlp_stdout":"1","endpoint":"http://h/v1/traces","payload":"","base64":true}',
  '{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}',
  'AAAA","base64":true}',
  '_aws',
  '__proto__',
];
