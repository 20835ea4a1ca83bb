export { AWS_EVENTS, type AwsEventName } from './aws-events.ts';
export {
  type DeliveryCase,
  deliveryContract,
  type DeliveryContractOptions,
  type Judge,
  judgedExporter,
  sendBy,
  type Sent,
  type Verdict,
} from './delivery.ts';
export { encodingContract, type EncodingContractOptions } from './encoding.ts';
export { type ExporterCase, exporterContract, type ExporterContractOptions } from './exporter.ts';
export { processorContract, type ProcessorContractOptions } from './processor.ts';
export { receiverContract, type ReceiverContractOptions } from './receiver.ts';
export { sampleRequest, sampleTelemetry } from './samples.ts';
export { type StoreCase, storeContract, type StoreContractOptions } from './store.ts';
