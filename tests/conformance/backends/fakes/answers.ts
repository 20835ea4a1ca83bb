import type { HttpFakeAnswer } from '@serverless-otlp/testing/fake-collector';
import protobuf from 'protobufjs';

/** An error as OTLP asks for it: a `google.rpc.Status` with this message, in protobuf. */
export const statusAnswer = (status: number, message: string): HttpFakeAnswer => ({
  status,
  headers: { 'content-type': 'application/x-protobuf' },
  body: protobuf.Writer.create()
    .uint32((2 << 3) | 2)
    .string(message)
    .finish(),
});

/** An error as the API of a vendor words it. */
export const jsonAnswer = (status: number, body: object): HttpFakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** An error of what stands before the API: a gateway or a router. */
export const textAnswer = (status: number, body: string): HttpFakeAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});
