/**
 * Version 1 of the preset dictionary, frozen: lines that were written with it lie in logs for years. A better one is a version of its
 * own, beside this one. Entries stand between `|` or line feeds, the most common last, where zlib needs the fewest bits to point at
 * them: a name of the semantic conventions, `name=value`, or other text.
 */
// prettier-ignore
export const DICTIONARY_1 = `
http.server.active_requests|http.client.open_connections|process.cpu.time|process.memory.usage|nodejs.eventloop.delay.p99
nodejs.eventloop.utilization|v8js.heap.space.name|process.uptime|{request}|{error}|Measures the duration of
Duration of HTTP client requests.|Duration of HTTP server requests.|http.client.duration|http.server.duration
http.client.request.duration|http.server.request.duration|v8js.memory.heap.used|v8js.gc.duration|faas.mem_usage|faas.cpu_usage
faas.init_duration|faas.coldstarts|faas.invocations|faas.errors|faas.timeouts|faas.invoke_duration|db.client.operation.duration
messaging.client.operation.duration|gen_ai.system|gen_ai.request.model|gen_ai.operation.name|gen_ai.usage.input_tokens
gen_ai.usage.output_tokens|graphql.operation.type|graphql.operation.name|graphql.document|session.id|user.id|enduser.id|tenant.id
thread.name|thread.id|feature_flag.key|feature_flag.result.variant|log.iostream|log.file.path|code.namespace|code.lineno
code.line.number|code.filepath|code.file.path|code.function|code.function.name|os.type=linux|os.version|os.name|host.id
host.arch=arm64|host.arch=amd64|host.name|process.command|process.command_args|process.executable.name|process.executable.path
process.owner|process.runtime.description=Node.js|process.runtime.version|process.runtime.name=nodejs|process.pid|container.id
container.name|k8s.pod.name|k8s.namespace.name|k8s.deployment.name|k8s.cluster.name|service.namespace|service.instance.id
deployment.environment|deployment.environment.name=production|telemetry.distro.name|telemetry.distro.version|exception.escaped
exception.type=Error|exception.type=TypeError|exception.message|exception.stacktrace|exception
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Runtime.handleOnceStreaming (file:///var/runtime/index.mjs:|    at Object.<anonymous> (/var/task/index.js:
    at async file:///var/task/node_modules/|error.type|otel.status_description|timeout|peer.service|server.address=localhost
server.port|client.address|client.port|network.peer.address|network.peer.port|network.protocol.name=http
network.protocol.version=1.1|network.transport=tcp|network.type=ipv4|net.transport=ip_tcp|net.host.name|net.host.port|net.host.ip
net.peer.ip|net.peer.port|net.peer.name|tls.protocol.version|url.query|url.scheme=https|url.path|url.full|https://
.execute-api.us-east-1.amazonaws.com/|.amazonaws.com|us-east-1.amazonaws.com|http.user_agent|user_agent.original|Mozilla/5.0 (
AWS Lambda|aws-sdk-js/3.|http.client_ip|http.flavor=1.1|http.target|http.host|http.scheme=https|http.status_text=OK
http.request.header.|http.response.header.|http.request.body.size|http.response.body.size|http.request_content_length
http.response_content_length|http.request_content_length_uncompressed|http.response_content_length_uncompressed
http.request.resend_count|http.request.method_original|http.response.status_code|http.status_code|http.request.method=DELETE
http.request.method=PUT|http.request.method=POST|http.request.method=GET|http.method=POST|http.method=GET|http.url|http.route
db.name|db.sql.table|db.user|db.connection_string|db.statement|db.operation|db.system=mysql|db.system=mongodb|db.system=redis
db.system=postgresql|db.system=dynamodb|db.system.name=postgresql|db.system.name=aws.dynamodb|db.namespace|db.collection.name
db.query.text|db.query.summary|db.operation.name|db.response.status_code|db.response.returned_rows|SELECT| FROM| WHERE|INSERT INTO
UPDATE|aws.dynamodb.table_names|aws.dynamodb.consumed_capacity|aws.dynamodb.consistent_read|aws.dynamodb.count
aws.dynamodb.index_name|aws.dynamodb.limit|aws.s3.bucket|aws.s3.key|aws.sqs.queue.url|aws.sns.topic.arn|aws.kinesis.stream_name
aws.step_functions.state_machine.arn|aws.secretsmanager.secret.arn|aws.bedrock.guardrail.id|aws.request_id|aws.request.id
aws.request.extended_id|aws.region=us-east-1|aws.region=us-west-2|aws.region=eu-central-1|aws.region=eu-west-1|aws.service.api
aws.service.name|aws.service.identifier|aws.operation|aws.error.code|aws.lambda.invoked_arn|aws.log.group.names|aws.log.group.arns
rpc.system=aws-api|rpc.service=DynamoDB|rpc.service=S3|rpc.service=SQS|rpc.service=SNS|rpc.service=Lambda|rpc.method=Publish
rpc.method=Invoke|rpc.method=SendMessage|rpc.method=PutObject|rpc.method=GetObject|rpc.method=UpdateItem|rpc.method=PutItem
rpc.method=GetItem|rpc.method=Query|messaging.batch.message_count|messaging.message.conversation_id|messaging.message.body.size
messaging.message.id|messaging.operation|messaging.operation.name=send|messaging.operation.type=publish
messaging.operation.type=process|messaging.operation.type=receive|messaging.destination|messaging.destination.kind
messaging.destination.name|messaging.url|messaging.consumer.group.name|messaging.kafka.offset|messaging.system=AmazonSQS
messaging.system=aws_sqs|messaging.system=aws.sns|messaging.system=kafka|faas.document.collection|faas.document.name
faas.document.operation|faas.document.time|faas.time|faas.cron|faas.trigger=datasource|faas.trigger=timer|faas.trigger=pubsub
faas.trigger=other|faas.trigger=http|faas.invoked_name|faas.invoked_provider=aws|faas.invoked_region|faas.invocation_id
faas.invocation.id|faas.execution|faas.coldstart|faas.id|cloud.resource_id|cloud.account.id|cloud.availability_zone
arn:aws:lambda:us-east-1:|:function:|faas.instance|2026/|/[$LATEST]|faas.max_memory|faas.version=$LATEST|faas.version|faas.name
cloud.platform=aws_lambda|cloud.region=eu-west-1|cloud.region=eu-central-1|cloud.region=ap-northeast-1|cloud.region=us-west-2
cloud.region=us-east-2|cloud.region=us-east-1|cloud.provider=aws|telemetry.sdk.language=python|telemetry.sdk.language=rust
telemetry.sdk.version=2.12.1|telemetry.sdk.version=3.1.1|telemetry.sdk.name=opentelemetry|telemetry.sdk.language=nodejs
service.version|service.name|unknown_service:node|@opentelemetry/instrumentation-undici|@opentelemetry/instrumentation-express
@opentelemetry/instrumentation-pg|@opentelemetry/instrumentation-redis|@opentelemetry/instrumentation-aws-lambda
@opentelemetry/instrumentation-aws-sdk|@opentelemetry/instrumentation-http|https://opentelemetry.io/schemas/1.|INFO|WARN|ERROR
DEBUG
`;
