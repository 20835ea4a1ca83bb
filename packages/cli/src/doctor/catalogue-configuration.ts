/** What can be checked without an account. */
export const CONFIGURATION_CHECKS = {
  configuration: {
    'node-version': {
      title: 'Node.js is new enough',
      remedy: 'Run it with Node.js 24 or 22.15 and later.',
    },
    'config-valid': {
      title: 'The configuration is valid',
      remedy: 'Correct the setting that is named. The reference of the configuration explains each.',
    },
    'config-ignored': {
      title: 'Nothing of the configuration is ignored',
      remedy: 'Take out what does not count, or write it where it does.',
    },
    'config-values': {
      title: 'Every reference to a variable, secret or parameter has a usable value',
      remedy: 'Set the variable, or create the secret; give it the key and the form that the setting wants.',
    },
    'config-plain-secret': {
      title: 'No credential stands in plain text',
      remedy: 'Keep it in Secrets Manager or Parameter Store, and write ${secretsmanager:NAME#KEY} or ${ssm:NAME}.',
    },
    'config-signals': {
      title: 'Traces, metrics and logs have a pipeline',
      remedy: 'Add a pipeline for the signal. What has none is counted and acknowledged, and goes nowhere.',
    },
    'time-budget': {
      title: 'Timeouts fit the timeout of the function',
      remedy:
        'Raise the timeout of the function, or lower timeout_ms, retry.max_elapsed_ms or service.reserve_ms, so that sending and storing fit.',
    },
    'dead-letter-configured': {
      title: 'What a destination does not take has a place to wait',
      remedy: 'Name a store in dead_letter, or in OTLP_FORWARDER_DEAD_LETTER.',
    },
    'dead-letter-folder': {
      title: 'The folder of dead letters can be written',
      remedy: 'Create the folder, and let the user who runs the forwarder write to it.',
    },
  },
  destinations: {
    'endpoint-form': {
      title: 'The endpoint is one of OTLP/HTTP',
      remedy: 'Give the base URL of OTLP/HTTP, https:// and usually port 4318; the path of the signal is added.',
    },
    'endpoint-place': {
      title: 'The endpoint is a place to send telemetry to',
      remedy:
        'Name a host that the function reaches: no metadata service, and loopback only for a collector beside it.',
    },
    'destination-dns': {
      title: 'The name of the destination is known',
      remedy: 'Correct the host. A private name needs the function, and this machine, in the network that knows it.',
    },
    'destination-connection': {
      title: 'The destination takes connections',
      remedy:
        'Check host, port and firewall. In a VPC the function needs a NAT gateway or an endpoint, and egress on the port.',
    },
    'destination-tls': {
      title: 'TLS with the destination works',
      remedy:
        'Trust its authority with tls.ca_file, call it by a name of its certificate, or give it tls.cert_file and tls.key_file.',
    },
    'destination-certificate': {
      title: 'The certificate of the destination is good for two weeks more',
      remedy: 'Renew the certificate of the server, or tell who runs it.',
    },
    'destination-timeout': {
      title: 'The destination answers in time',
      remedy: 'See why it is slow. timeout_ms is what one try may take.',
    },
    'destination-auth': {
      title: 'The destination knows who sends',
      remedy: 'Correct the key, token or signature: 401 is the wrong one, 403 one that may not do this.',
    },
    'destination-path': {
      title: 'There is OTLP at the path',
      remedy:
        'Correct the path: endpoint gets /v1/traces added, traces_endpoint is used as it is. Some backends take not all signals.',
    },
    'destination-redirect': {
      title: 'The destination answers itself',
      remedy:
        'Write the address it redirects to; redirects are never followed. Often it is https:// instead of http://.',
    },
    'destination-encoding': {
      title: 'The destination understands the encoding',
      remedy: 'Change encoding (proto, json) or compression (gzip, none) to what it takes.',
    },
    'destination-busy': {
      title: 'The destination has room',
      remedy:
        'It asks to be tried again later: see its quota and state. What is not taken waits in the dead-letter store.',
    },
    'destination-refusal': {
      title: 'The destination refuses nothing',
      remedy:
        'See what it says. Some backends refuse a request without items: then send one line with serverless-otlp forward.',
    },
    'destination-accepts': {
      title: 'The destination accepts an empty request',
      remedy: 'See what it answers.',
    },
    clock: {
      title: 'Clocks agree',
      remedy: 'Set the clock of this machine (NTP). Signatures are refused from five minutes on.',
    },
  },
} as const;
