/**
 * The floor: what nobody who forwards an event can avoid, in Node's own calls with their default options, and nothing around
 * them: no check, no bound, no count. This file imports nothing from packages/.
 */
import { Agent, request } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';

interface Subscription {
  readonly logEvents: readonly { readonly message: string }[];
}

interface Envelope {
  readonly payload: string;
}

/** The payloads of an event of envelopes: base64 and gunzip of the blob, JSON.parse of it and of the lines, base64 and gunzip of the payloads. */
export const floorPayloads = (event: { readonly awslogs: { readonly data: string } }): readonly Buffer[] => {
  const json = gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString();
  const { logEvents } = JSON.parse(json) as Subscription;
  return logEvents.map(({ message }) => {
    const { payload } = JSON.parse(message) as Envelope;
    return gunzipSync(Buffer.from(payload, 'base64'));
  });
};

/** One gzip of the result, at the level of the forwarder's default. */
export const floorBody = (request: Uint8Array): Buffer => gzipSync(request, { level: 1 });

/** From the event to the body of the one request it becomes. */
export const floor = (event: { readonly awslogs: { readonly data: string } }): Buffer =>
  floorBody(Buffer.concat(floorPayloads(event)));

const agent = new Agent({ keepAlive: true });

/** One bare POST on a kept-alive connection; the answer is read to its end and not looked at. */
export const floorPost = (url: string, body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      'content-length': body.length,
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.on('end', resolve).on('error', reject).resume();
    });
    sent.on('error', reject).end(body);
  });
